"""Hollow targets do what they are called, hurt nobody who asks them, and nothing passes on them."""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness import engine, hollow
from harness.calibrate.changes import hasten
from harness.errors import ConfigurationError
from harness.evidence.redact import Redactor
from harness.hollow.__main__ import answers, main
from harness.hollow._http import listening
from harness.hollow._world import World
from harness.model import Outcome, Request
from harness.openapi import parse_document
from harness.policy import Origin
from harness.scenario import Scenario, load_scenario
from harness.transport import HttpTransport, TransportFailure
from tests.harness.calibrate.tiny import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TINY = Path(__file__).parents[1] / "calibrate" / "tiny.toml"
ACCESS = (
    "authentication/missing_credential",
    "isolation/delete_foreign_object",
    "isolation/list_foreign_objects",
    "isolation/read_foreign_object",
)
MEMORY = 500 * 1024  # KiB


@pytest.fixture
def tiny() -> Scenario:
    """Return the scenario of a tiny service of notes."""
    return load_scenario(TINY)[0]


@contextlib.asynccontextmanager
async def served(name: str, scenario: Scenario, *, bare: bool = False) -> AsyncIterator[str]:
    """Serve a hollow target that stands where the tiny service was."""
    document = parse_document(json.dumps(DOCUMENT), where="tiny", prefix="")
    async with listening(answers(name, World(scenario=scenario, document=document), bare=bare)) as port:
        yield f"http://127.0.0.1:{port}"


async def asked(url: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Return status and JSON body of one request."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.request(method, url + path, json=body, headers={"Authorization": "Bearer anything"})
    return answer.status_code, answer.json() if answer.content else None


def test_all_that_were_asked_for_are_there() -> None:
    """The kinds of hollowness are those of the issue."""
    wanted = {"deaf", "down", "locked", "empty", "empty-lists", "write-only", "open", "slow", "flaky", "static"}
    hostile = (
        "endless-body",
        "gzip-bomb",
        "redirect-loop",
        "header-flood",
        "slow-drip",
        "invalid-json",
        "wrong-length",
    )
    assert wanted | {"braces", "failing"} | {f"hostile-{name}" for name in hostile} == set(hollow.names())
    with pytest.raises(ConfigurationError, match="'nothing' is no hollow target"):
        hollow.load("nothing")


@pytest.mark.parametrize(
    ("name", "method", "path", "expected"),
    [
        ("deaf", "GET", "/notes", (404, {"detail": "no"})),
        ("down", "POST", "/notes", (503, {"detail": "no"})),
        ("locked", "GET", "/notes/1", (401, {"detail": "no"})),
        ("failing", "GET", "/nowhere", (500, {"detail": "no"})),
        ("braces", "DELETE", "/notes/1", (200, {})),
        ("empty", "GET", "/notes", (200, {})),
        ("empty", "GET", "/notes/1", (200, {})),
        ("empty", "DELETE", "/notes/1", (204, None)),
        ("empty-lists", "GET", "/notes", (200, {"notes": []})),
        ("write-only", "GET", "/notes", (403, {"detail": "forbidden"})),
        ("write-only", "DELETE", "/notes/1", (204, None)),
    ],
)
async def test_answers(tiny: Scenario, name: str, method: str, path: str, expected: tuple[int, Any]) -> None:
    """Each target answers as its name says."""
    async with served(name, tiny) as url:
        assert await asked(url, method, path, {}) == expected


@pytest.mark.parametrize("name", ["empty", "empty-lists", "write-only"])
async def test_creates_are_accepted_with_an_identifier(tiny: Scenario, name: str) -> None:
    """A write is answered as the document declares, with a new identifier where the scenario looks for it."""
    async with served(name, tiny) as url:
        (status, first), (_, second) = [await asked(url, "POST", "/notes", {"text": "a"}) for _ in range(2)]
    assert status == 201
    assert first["id"] != second["id"]


async def test_the_mock_is_valid_and_shows_everybody_the_same(tiny: Scenario) -> None:
    """The one object of the mock has the identifier that every create returns."""
    async with served("static", tiny) as url:
        _, created = await asked(url, "POST", "/notes", {"text": "a"})
        _, listed = await asked(url, "GET", "/notes")
    assert listed == {"notes": [{"id": created["id"], "text": listed["notes"][0]["text"]}]}


async def test_open_keeps_what_it_is_given_and_gives_it_to_anybody(tiny: Scenario) -> None:
    """It creates, lists, shows and deletes, and asks for no credential."""
    async with served("open", tiny) as url:
        _, created = await asked(url, "POST", "/notes", {"text": "precious"})
        path = f"/notes/{created['id']}"
        assert await asked(url, "GET", path) == (200, {"id": created["id"], "text": "precious"})
        assert (await asked(url, "GET", "/notes"))[1] == {"notes": [{"id": created["id"], "text": "precious"}]}
        assert (await asked(url, "DELETE", path))[0] == 204
        assert (await asked(url, "GET", path))[0] == 404


async def test_what_a_run_begins_with_is_sound_unless_bare(tiny: Scenario) -> None:
    """Document, readiness and sign-up work, so that checks get to run; in the bare mode they do not."""
    async with served("deaf", tiny) as url:
        assert await asked(url, "GET", "/openapi.json") == (200, DOCUMENT)
        assert (await asked(url, "GET", "/ready"))[0] == 200
        status, user = await asked(url, "POST", "/users", {"name": "alice"})
        assert (status, len(user["token"]) > 20) == (201, True)
    async with served("deaf", tiny, bare=True) as url:
        assert [(await asked(url, "GET", path))[0] for path in ("/openapi.json", "/ready")] == [404, 404]


@pytest.mark.parametrize("name", [name for name in hollow.names() if name.startswith("hostile-")])
async def test_hostile_targets_neither_hang_nor_fill_the_memory(tiny: Scenario, name: str) -> None:
    """Our transport ends within its time and holds a bounded part of any answer."""
    async with served(name, tiny) as url:
        transport = HttpTransport(Origin.parse(url))
        try:
            answer = await transport.send(Request(method="GET", target="/notes"), (), timeout=2.0)
            assert len(answer.body) <= 2 * 2**20
            assert answer.status in {200, 307}
        except TransportFailure as failure:
            assert failure.kind in {"timeout", "protocol", "reset"}  # noqa: PT017
        finally:
            await transport.aclose()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 * MEMORY


@pytest.mark.parametrize("name", hollow.names())
async def test_no_check_of_access_passes(tiny: Scenario, name: str, tmp_path: Path) -> None:
    """Whatever is hollow about a target, nothing is said to be isolated; where all is open, all is broken."""
    async with served(name, tiny) as url:
        run = await engine.verify(
            engine.Options(
                url=url,
                scenario=tiny,
                scenario_text="",
                folder=tmp_path,
                redactor=Redactor(),
                run_id="hollow",
                seed=1,
                only=ACCESS,
                insist=True,
                tamper=hasten,
            )
        )
    outcomes = {result.check.id: result.outcome for result in run.results}
    assert Outcome.PASSED not in outcomes.values(), outcomes
    assert run.verdict.exit_code != 0
    if name == "open":
        assert {outcomes[check] for check in ACCESS} == {Outcome.FAILED}


def test_the_command_says_ready_and_a_mistake_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m harness.hollow` prints READY <url>; a document that is none ends with 4."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    command = [sys.executable, "-m", "harness.hollow", "deaf", "--openapi", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        assert line.startswith("READY http://127.0.0.1:")
        assert process.wait(10) == 0
    file.write_text("[]", encoding="utf-8")
    assert main(["deaf", "--openapi", str(file)]) == 4
    assert "expected an OpenAPI document" in capsys.readouterr().err
