"""A finding's script repeats its steps on a fresh target: it really runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import uuid
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from harness.model import Request, Response
from reports import _evidence
from reports._captures import captures
from reports._evidence import said
from reports.scripts import render, script
from tests.harness.evidence import builders
from tests.reports import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.model import Exchange, Run

pytestmark = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="bash and curl are needed to run the scripts"
)


class Notes(BaseHTTPRequestHandler):
    """Notes with owners; whether a stranger may delete them is the flaw."""

    flawed = True
    notes: dict[str, tuple[str, bytes]]
    seen: list[tuple[str, str, str, bytes]]

    def do_POST(self) -> None:
        """Create a note."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._see(body)
        identifier = str(uuid.uuid4())
        self.notes[identifier] = (self._user(), body)
        self._answer(201, json.dumps({"id": identifier, "text": "x"}).encode(), identifier)

    def do_GET(self) -> None:
        """Read a note of one's own."""
        self._see(b"")
        found = self.notes.get(self.path.rpartition("/")[2])
        self._answer(200 if found and found[0] == self._user() else 404, b"{}")

    def do_DELETE(self) -> None:
        """Delete a note, of one's own or, with the flaw, of anybody."""
        self._see(b"")
        identifier = self.path.rpartition("/")[2]
        mine = identifier in self.notes and (self.flawed or self.notes[identifier][0] == self._user())
        if mine:
            del self.notes[identifier]
        self._answer(204 if mine else 404, b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Keep silent."""

    def _user(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer token-of-")

    def _see(self, body: bytes) -> None:
        self.seen.append((self.command, self.path, self._user(), body))

    def _answer(self, status: int, body: bytes, location: str | None = None) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", f"/notes/{location}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def service() -> Iterator[tuple[str, type[Notes]]]:
    """A real service on loopback."""
    handler = type("Service", (Notes,), {"notes": {}, "seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    thread.join()
    server.server_close()


def _run(text: str, url: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "finding.sh"
    path.write_text(text)
    base = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    tokens = {"HARNESS_ALICE_TOKEN": "token-of-alice", "HARNESS_BOB_TOKEN": "token-of-bob"}
    return subprocess.run(
        ["bash", str(path)],
        env={**base, **tokens, "BASE_URL": url, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _script(run: Run) -> str:
    return script(run, run.verdict.findings[0])


def test_the_script_reproduces_the_finding_on_objects_of_its_own(
    service: tuple[str, type[Notes]], tmp_path: Path
) -> None:
    """Alice creates, Bob deletes what she has just created, Alice finds it gone: exit 0, with the recorded bodies."""
    url, handler = service
    done = _run(_script(builders.run(leak=True)), url, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every answer is as it was" in done.stdout
    methods = [(method, user) for method, _, user, _ in handler.seen]
    assert methods == [("POST", "alice"), ("GET", "alice"), ("DELETE", "bob"), ("GET", "alice")]
    assert json.loads(handler.seen[0][3]) == {"text": "marker-7f3a2c of alice"}
    assert len({path for _, path, _, _ in handler.seen[1:]}) == 1
    assert builders.NOTE not in handler.seen[1][1]


def test_the_script_sees_that_a_finding_is_fixed(service: tuple[str, type[Notes]], tmp_path: Path) -> None:
    """On a sound service it ends with 1 and says that statuses differ."""
    url, handler = service
    handler.flawed = False
    done = _run(_script(builders.run(leak=True)), url, tmp_path)
    assert done.returncode == 1
    assert "not as recorded" in done.stdout


def test_an_identifier_from_the_location_header_is_followed(service: tuple[str, type[Notes]], tmp_path: Path) -> None:
    """Where the body does not name the object, the header does."""
    url, handler = service
    exchanges = list(builders.attack(leak=True))
    exchanges[0] = replace(
        exchanges[0], response=Response(status=201, headers=(("Location", f"https://x/notes/{builders.NOTE}?a=b"),))
    )
    done = _run(_script(builders.run(leak=True, exchanges=tuple(exchanges))), url, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert builders.NOTE not in handler.seen[1][1]


@pytest.mark.parametrize(
    "body",
    [
        b'it\'s "quoted" $HOME `id` \\ %s !x\n',
        "ünïcödé".encode(),
        b"\x00\xff\xfe binary\r\n--boundary",
        b"--b\r\nx: y\r\n\r\nBODY\r\n--b--",
    ],
)
def test_bodies_arrive_byte_by_byte(service: tuple[str, type[Notes]], tmp_path: Path, body: bytes) -> None:
    """Quotes, variables, line ends and bytes that are no text pass the shell unharmed."""
    url, handler = service
    exchanges = list(builders.attack(leak=True))
    exchanges[0] = replace(exchanges[0], request=replace(exchanges[0].request, body=body))
    done = _run(_script(builders.run(leak=True, exchanges=tuple(exchanges))), url, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert handler.seen[0][3] == body


def test_nothing_recorded_is_run_by_the_shell(service: tuple[str, type[Notes]], tmp_path: Path) -> None:
    """Targets, headers, sentences and names of users are data, whatever they contain."""
    url, _ = service
    evil = f"$(touch {tmp_path}/pwned)`touch {tmp_path}/pwned`'; touch {tmp_path}/pwned; '\ntouch {tmp_path}/pwned\n"
    exchanges = list(builders.attack(leak=True))
    request = Request(
        method="POST",
        target=f"/notes?x={evil.splitlines()[0].replace(' ', '%20')}",
        headers=(("X-Evil", evil.replace("\n", " ")),),
        body=evil.encode(),
    )
    exchanges[0] = replace(exchanges[0], request=request, purpose=evil, forged=evil)
    results = builders.results(leak=True)
    said = replace(results[1].observations[0], sentence=evil)
    text = _script(
        builders.run(
            results=(results[0], replace(results[1], observations=(said,))), exchanges=tuple(exchanges), load=None
        )
    )
    environment = dict.fromkeys(re.findall(r"HARNESS_\w+_TOKEN", text), "token-of-alice")
    _run(text, url, tmp_path, **environment)
    assert not (tmp_path / "pwned").exists()


def test_a_missing_credential_is_asked_for_before_anything_is_sent(
    service: tuple[str, type[Notes]], tmp_path: Path
) -> None:
    """One clear sentence, no request."""
    url, handler = service
    done = _run(_script(builders.run(leak=True)), url, tmp_path, HARNESS_BOB_TOKEN="")
    assert done.returncode != 0
    assert "HARNESS_BOB_TOKEN" in done.stderr
    assert handler.seen == []


def test_no_credential_is_an_argument_of_a_process() -> None:
    """The variables are expanded by shell built-ins only, so that no process list shows a token."""
    for line in _script(builders.run(leak=True)).splitlines():
        if "$HARNESS_" in line:
            assert re.match(r"as_\w+\(\) \{ printf ", line), line


def test_the_recorded_clean_up_is_the_last_step() -> None:
    """What the script creates it deletes, where the run did."""
    exchanges = builders.attack(leak=True)
    tidy = builders.exchange(
        9, "alice", "DELETE", f"/notes/{builders.NOTE}", 404, operation="DELETE /notes/{note_id}", purpose="cleanup"
    )
    text = _script(builders.run(leak=True, exchanges=(*exchanges, tidy)))
    assert '# 5. cleanup as alice\nrequest 5 DELETE /notes/"$id_1" 404' in text


@pytest.mark.parametrize("shown", [("x00003", "x00004"), ("x00004",)], ids=["created in a step", "only read"])
def test_what_a_step_speaks_of_is_created_first_and_deleted_last(shown: tuple[str, ...]) -> None:
    """The folder of the note is no step of the finding; without it nothing could be created on a fresh target."""

    def step(number: int, said: str, status: int, purpose: str, answer: object = None) -> Exchange:
        user, method, target = said.split()
        return builders.exchange(number, user, method, target, status, purpose=purpose, answer=answer)

    folder = step(1, "alice POST /folders", 201, "create", {"id": 50, "owner": 29})
    other = step(2, "bob POST /folders", 201, "create", {"id": 29})
    note = step(3, "alice POST /folders/50/notes", 201, "create", {"id": 29, "folder_id": 50, "owner_id": 1})
    attempt = step(4, "bob GET /folders/50/notes/29", 200, "attempt")
    cleanup = [
        step(5, "alice DELETE /folders/50/notes/29", 204, "cleanup"),
        step(6, "bob DELETE /folders/29", 204, "cleanup"),
        step(7, "alice DELETE /folders/50", 204, "cleanup"),
    ]
    results = builders.results(leak=True)
    seen = replace(results[1].observations[0], exchanges=shown)
    run = builders.run(
        results=(replace(results[1], observations=(seen,)),),
        exchanges=(folder, other, note, attempt, *cleanup),
        load=None,
    )
    sent = [line.split(" --")[0] for line in _script(run).splitlines() if re.match(r"request \d", line)]
    assert sent == [
        "request 1 POST /folders 201",
        'request 2 POST /folders/"$id_1"/notes 201',
        'request 3 GET /folders/"$id_1"/notes/"$id_2" 200',
        'request 4 DELETE /folders/"$id_1"/notes/"$id_2" 204',
        'request 5 DELETE /folders/"$id_1" 204',
    ]


def test_a_child_with_the_number_of_its_parent_is_another_object() -> None:
    """Both are 5 when the finding is made, and each has a number of its own when the script runs."""

    def step(number: int, said: str, status: int, purpose: str, answer: object = None) -> Exchange:
        user, method, target = said.split()
        return builders.exchange(number, user, method, target, status, purpose=purpose, answer=answer)

    steps = (
        step(1, "alice POST /folders", 201, "create", {"id": 5}),
        step(2, "alice POST /folders/5/notes", 201, "create", {"id": 5}),
        step(3, "bob GET /folders/5/notes/5?folder=x", 200, "attempt"),
        step(4, "alice DELETE /folders/5/notes/5", 204, "cleanup"),
        step(5, "alice DELETE /folders/5", 204, "cleanup"),
    )
    results = builders.results(leak=True)
    seen = replace(results[1].observations[0], exchanges=("x00001", "x00002", "x00003"))
    run = builders.run(results=(replace(results[1], observations=(seen,)),), exchanges=steps, load=None)
    sent = [line.split(" --")[0] for line in _script(run).splitlines() if re.match(r"request \d", line)]
    assert sent[1:] == [
        'request 2 POST /folders/"$id_1"/notes 201',
        """request 3 GET /folders/"$id_1"/notes/"$id_2"'?folder=x' 200""",
        'request 4 DELETE /folders/"$id_1"/notes/"$id_2" 204',
        'request 5 DELETE /folders/"$id_1" 204',
    ]


def test_short_identifiers_are_replaced_as_whole_words_only() -> None:
    """7 is the id, but not in /v7, 17 or 7.5; what a request held before is no id."""

    def step(number: int, target: str, answer: object = None) -> Exchange:
        return builders.exchange(number, "alice", "GET", target, 200, answer=answer)

    found = captures((step(1, "/v7/notes", {"id": 7, "page": 12}), step(2, "/v7/notes/7?n=17&x=7.5&page=12")))
    assert {capture.value for capture in found} == {"7", "12"}
    pieces = found[0].split("/v7/notes/7?n=17&x=7.5")
    assert pieces == ["/v7/notes/", found[0], "?n=17&x=7.5"]
    assert captures((step(1, "/notes?tag=abcdefghij", {"tag": "abcdefghij"}), step(2, "/notes/abcdefghij"))) == ()


def test_a_part_of_an_identifier_is_no_marker() -> None:
    """Eleven digits of an identifier may look like a marker; the next object has other ones."""
    sent = Request(
        method="POST",
        target="/index",
        body=b'{"id": "8e623670-4f4f-44d1-bd0e-a98cc46293fb", "q": "9cb2p3zr6xb-ptdf3z4p8pj"}',
    )
    exchange = replace(builders.attack(leak=True)[0], request=sent)
    assert said([exchange]) == ["9cb2p3zr6xb", "ptdf3z4p8pj"]


def test_findings_without_exchanges_have_no_script() -> None:
    """There is nothing to repeat."""
    assert render(runs.bundle(leak=True, exchanges=())) == {}


@pytest.mark.parametrize(
    ("purposes", "walks"),
    [
        (["attempt, next page"], [(1,)]),
        (["attempt, next page", "attempt, next page", "attempt"], [(1, 2), (3,)]),
        (["attempt", "attempt, next page", "attempt", "attempt, next page"], [(1, 2), (3, 4)]),
    ],
)
def test_a_walk_may_begin_on_any_page(purposes: list[str], walks: list[tuple[int, ...]]) -> None:
    """A finding shows the pages that it is about: without the first one no script was written at all."""
    template = builders.attack(leak=True)[1]
    shown = [replace(template, purpose=purpose) for purpose in purposes]
    assert list(_evidence._walks(shown, tuple(range(1, len(shown) + 1)))) == walks
