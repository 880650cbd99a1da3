"""Schemathesis as a child behind the gateway, against real services."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from starlette.responses import RedirectResponse

from harness.fuzz import FuzzRun, fuzz, observations
from harness.model import Identity, Observation, Outcome
from harness.openapi import Document, parse_document
from harness.scenario.schema import FuzzSpec
from tests.harness.clients import open_client
from tests.harness.fuzz.items import DOCUMENT, KEY, Items
from tests.harness.fuzz.serving import running

if TYPE_CHECKING:
    from pathlib import Path

USER = Identity(name="fuzz", headers=(("Authorization", KEY),))
EVERYTHING = "DELETE /items/everything"
CREATE, READ, DELETE = "POST /items", "GET /items/{item_id}", "DELETE /items/{item_id}"
HIDDEN = 987_654_321_012  # nobody finds this item by guessing


def _document(*paths: str, **more: Any) -> Document:
    values = copy.deepcopy(DOCUMENT) | more
    if paths:
        values["paths"] = {path: values["paths"][path] for path in paths}
    return parse_document(json.dumps(values), where="test", prefix="")


async def _fuzz(url: str, document: Document, *, cases: int = 3, requests: int = 10_000, **options: Any) -> FuzzRun:
    async with open_client(url, requests=requests) as client:
        return await fuzz(client, document, USER, FuzzSpec(cases=cases), seed=1, **options)


def _by_subject(run: FuzzRun, document: Document) -> dict[str, Observation]:
    return {observation.subject: observation for observation in observations(run, document.operations)}


@dataclasses.dataclass
class Children:
    """What the operating system shows of our child processes, looked at while they run.

    Children that were there before are those of other tests.
    """

    seen: dict[int, str] = dataclasses.field(default_factory=dict)
    before: frozenset[int] = dataclasses.field(
        default_factory=lambda: frozenset(child.pid for child in psutil.Process().children(recursive=True))
    )

    def look(self, _cases: int = 0) -> None:
        """Note command line and environment of each new child that has not just ended."""
        for child in psutil.Process().children(recursive=True):
            if child.pid not in self.before:
                with contextlib.suppress(psutil.NoSuchProcess):
                    self.seen[child.pid] = " ".join(child.cmdline()) + str(child.environ())


async def test_a_sound_service_passes_and_nothing_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation passes, the excluded one is not called, and no other server that the document names is.

    The child knows no credential: not in its arguments, not in its environment.
    """
    monkeypatch.setenv("HARNESS_TEST_SECRET", "do-not-inherit-me")
    service, other, children = Items(), Items(), Children()
    with running(service) as url, running(other) as elsewhere:
        servers = [{"url": elsewhere}]
        values = copy.deepcopy(DOCUMENT["paths"])
        values["/items"] |= {"servers": servers}
        values["/items"]["post"] |= {"servers": servers}
        document = _document(paths=values, servers=servers)
        pools = {READ: {"item_id": range(1, 6)}, DELETE: {"item_id": range(6, 16)}}
        run = await _fuzz(url, document, exclude=[EVERYTHING], values=pools, on_progress=children.look)
    assert run.findings == ()
    assert (run.completed, run.errors, run.stopped) == (True, (), None)
    outcomes = {subject: said.outcome for subject, said in _by_subject(run, document).items()}
    passed = dict.fromkeys((CREATE, READ, DELETE), Outcome.PASSED)
    assert outcomes == passed | {EVERYTHING: Outcome.SKIPPED}
    assert service.hits["DELETE /items/everything"] == 0
    assert service.hits.total() >= run.cases - 2 > 50  # its server refuses the probe with a NUL by itself
    assert other.hits.total() == 0
    assert not [value for value in service.credentials if "handle" in value]
    assert service.credentials[KEY] > 50
    assert children.seen
    assert not [said for said in children.seen.values() if KEY[7:] in said or "do-not-inherit-me" in said]
    assert all("schemathesis" in said for said in children.seen.values())
    assert not any(map(psutil.pid_exists, children.seen))


async def test_a_buggy_service_is_found_out() -> None:
    """A crash, an undeclared field and an ignored token are findings, each with exchanges that show it.

    A redirect to another server is a finding too, and is not followed.
    """
    service, other = Items(flaws=frozenset({"crash", "extra", "open"})), Items()
    with running(other) as elsewhere:
        moved = Moving(service, elsewhere)
        with running(moved) as url:
            document = _document("/items", "/items/{item_id}")
            run = await _fuzz(url, document, cases=5)
    said = [each for each in observations(run, document.operations) if each.outcome is Outcome.FAILED]
    subjects = {each.subject for each in said}
    assert f"{CREATE}: not_a_server_error ST101 500" in subjects
    assert f"{CREATE}: response_schema_conformance ST108 201" in subjects
    assert f"{CREATE}: ignored_auth ST401" in subjects
    assert f"{READ}: status_code_conformance ST103 307" in subjects
    assert all(each.exchanges and each.operation in {CREATE, READ, DELETE} for each in said)
    assert len({finding.id for finding in run.findings}) == len(run.findings)
    assert run.completed
    assert other.hits.total() == 0


class Moving:
    """Sends readers elsewhere, and is the service for everything else."""

    def __init__(self, service: Items, elsewhere: str) -> None:
        self._service, self._elsewhere = service, elsewhere

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["method"] == "GET" and scope["path"].startswith("/items/"):
            await RedirectResponse(self._elsewhere + scope["path"])(scope, receive, send)
        else:
            await self._service(scope, receive, send)


@pytest.mark.parametrize(("values", "outcome"), [({}, Outcome.INCONCLUSIVE), ({"item_id": [HIDDEN]}, Outcome.PASSED)])
async def test_values_of_the_caller_reach_what_cannot_be_guessed(values: Any, outcome: Outcome) -> None:
    """A read by id passes only when it met an object; the ids that the caller gives make it meet one."""
    document = _document("/items/{item_id}")
    with running(Items(stored={HIDDEN: "hidden"})) as url:
        run = await _fuzz(url, document, cases=6, values={READ: values})
    said = _by_subject(run, document)[READ]
    assert said.outcome is outcome
    assert said.reason == ("no-success" if outcome is Outcome.INCONCLUSIVE else None)


@pytest.mark.parametrize(
    ("service", "reason"),
    [(Items(key="Bearer another, the old one has expired"), "no-success"), (Items(limit=20), "quota")],
    ids=["expired credential", "limiter"],
)
async def test_refused_everywhere_is_no_pass(service: Items, reason: str) -> None:
    """Where nearly all answers are 401 or 429 nothing was found, and that says nothing."""
    document = _document("/items")
    with running(service) as url:
        run = await _fuzz(url, document, cases=1)
    assert run.findings == ()
    said = _by_subject(run, document)[CREATE]
    assert (said.outcome, said.reason) == (Outcome.INCONCLUSIVE, reason)


def _dying(lives: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.harness.fuzz.items", str(lives)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def test_a_service_that_dies_on_the_way_is_no_pass() -> None:
    """When the target is gone half-way the run is incomplete, whatever Schemathesis thinks."""
    document = _document("/items", "/items/{item_id}")
    with _dying(20) as process:
        assert process.stdout is not None
        run = await _fuzz(process.stdout.readline().strip(), document, cases=1)
        assert process.wait(timeout=15) == 9
    said = _by_subject(run, document)
    assert not run.completed
    assert (said["fuzzing"].outcome, said["fuzzing"].reason) == (Outcome.INCONCLUSIVE, "incomplete")
    assert Outcome.PASSED not in {each.outcome for each in said.values()}


async def test_an_exhausted_budget_stops_the_run() -> None:
    """The run ends soon after the budget does, says why, and passes nothing."""
    service, document = Items(), _document("/items")
    with running(service) as url:
        run = await _fuzz(url, document, cases=1, requests=15)
    assert service.hits.total() <= 15
    assert run.stopped == "the budget of the run is used up"
    assert {said.outcome for said in _by_subject(run, document).values()} == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("cancel", [False, True], ids=["out of time", "cancelled"])
async def test_a_run_ends_when_it_must(cancel: bool) -> None:
    """After its time, or when cancelled, the child is gone within seconds; the first still makes a report."""
    children, document = Children(), _document("/items")
    with running(Items()) as url:
        seconds = 600 if cancel else 1.5
        task = asyncio.create_task(_fuzz(url, document, cases=5000, seconds=seconds, on_progress=children.look))
        if cancel:
            await asyncio.sleep(1.5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            run = await asyncio.wait_for(task, 40)
            assert run.stopped == "it did not end within 1.5 s"
            assert not run.completed
    assert children.seen
    assert not any(map(psutil.pid_exists, children.seen))


async def test_a_generator_that_gives_up_is_told_about() -> None:
    """When Schemathesis cannot even begin, its last words are in the report; it is not asked to test nothing."""
    empty = _document("/items")
    unloadable = dataclasses.replace(empty, text=json.dumps(DOCUMENT | {"paths": {}}))
    async with open_client("http://127.0.0.1:9") as client:
        run = await fuzz(client, unloadable, USER, FuzzSpec(cases=1), seed=1)
        assert not run.completed
        assert run.errors[-1].message == "it ended with code 2, saying: The schema defines no API operations"
        run = await fuzz(client, empty, USER, FuzzSpec(exclude=[CREATE]), seed=1)
    assert [said.outcome for said in observations(run, empty.operations)] == [Outcome.SKIPPED]


PARENT = """
import asyncio, sys
from tests.harness.fuzz.test_fuzz import _document, _fuzz
asyncio.run(_fuzz(sys.argv[1], _document("/items"), cases=5000))
"""


def _parent(url: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PARENT, url]
    return subprocess.Popen(command, env=os.environ | {"TMPDIR": str(folder)})  # a killed parent leaves its files


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    """However the parent ends, even killed, the child does not go on alone."""
    with running(Items()) as url, _parent(url, tmp_path) as parent:
        children: list[psutil.Process] = []
        deadline = time.monotonic() + 60
        while not children and time.monotonic() < deadline:
            time.sleep(0.05)
            children = psutil.Process(parent.pid).children(recursive=True)
        time.sleep(0.3)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        _, alive = psutil.wait_procs(children, timeout=15)
    assert children
    assert alive == []
