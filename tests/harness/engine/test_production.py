"""Where real users are: an explicit word, no write to what is theirs, no load, and an end when the target fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.errors import RefusedForSafety
from harness.lab.production import is_production
from harness.model import Decision, Outcome
from harness.scenario.schema import TargetSpec
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.harness.notebook import Notebook

PRODUCTION = TOML.replace('environment = "test"', 'environment = "production"') + (
    '\n[load]\nmix = [{ resource = "thing", verb = "list" }]\n[fuzz]\n[safety]\nper_second = 2000\n'
)
ALLOWED = frozenset({"production", "load", "fuzz", "drain"})


@pytest.mark.parametrize(
    ("patterns", "host", "expected"),
    [
        (["api.example.com"], "api.example.com", True),
        (["*.example.com"], "API.Example.com", True),
        (["*.example.com"], "example.com.evil.net", False),
        (["example.com"], "staging.example.com", False),
        ([], "api.example.com", False),
    ],
)
def test_a_name_tells_production(patterns: list[str], host: str, expected: bool) -> None:
    """A pattern is of the whole name, in any case of letters."""
    assert is_production(TargetSpec(production=patterns), host) is expected


async def test_a_listed_host_needs_the_word(url: str, notebook: Notebook) -> None:
    """Whatever the environment is called: nothing is sent, neither by a run nor by anything that looks like one."""
    text = TOML.replace('environment = "test"', 'environment = "test"\nproduction = ["127.0.0.*"]')
    with pytest.raises(RefusedForSafety, match="--allow production"):
        await engine.verify(options(url, notebook, text=text))
    assert notebook.asked == []


async def test_nothing_is_written_to_what_was_not_created(url: str, notebook: Notebook) -> None:
    """Of all checks, allowed to do everything, none writes to anything but new objects; no load, and all is removed."""
    notebook.things["of-a-real-user"] = ("somebody", "real data")
    run = await engine.verify(options(url, notebook, text=PRODUCTION, allowed=ALLOWED))
    writes = [each.split(" ") for each in notebook.asked if not each.startswith(("GET", "HEAD", "OPTIONS"))]
    assert len(writes) > 20
    named = {part for _, path in writes for part in path.split("/") if re.fullmatch(r"[0-9a-f-]{36}|of-.*", part)}
    assert {path for _, path in writes if path != "/things" and not named & set(path.split("/"))} == set()
    assert "of-a-real-user" not in named
    assert named <= notebook.created
    assert notebook.things["of-a-real-user"] == ("somebody", "real data")
    assert {step.outcome for step in run.cleanup} <= {"deleted", "gone"}
    outcomes = {result.check.id: result.outcome for result in run.results}
    assert outcomes["load/tail_latency"] is outcomes["contract/fuzz"] is Outcome.SKIPPED
    assert outcomes["isolation/list_foreign_objects"] is outcomes["isolation/read_foreign_object"] is Outcome.PASSED
    seen = {result.check.id: result.observations for result in run.results}
    assert {
        each.outcome for each in seen["isolation/delete_foreign_object"] if "/parts" not in (each.operation or "")
    } == {Outcome.PASSED}
    assert [each.reason for each in seen["contract/undeclared_method"]][-1:] == ["not-on-production"]


async def test_a_target_that_starts_to_fail_is_left_alone(url: str, notebook: Notebook) -> None:
    """After a few failures in a row only the cleanup goes on; the run holds and says why."""
    late: list[str] = []

    def failing(request: Request) -> Response | None:
        if len(notebook.asked) < 60 or request.method == "DELETE":
            return None
        late.append(request.method)
        return JSONResponse({"error": "overloaded"}, 503)

    notebook.instead = failing
    run = await engine.verify(options(url, notebook, text=PRODUCTION, allowed=ALLOWED, only=("isolation",)))
    assert 0 < len(late) < 60
    assert run.verdict.decision is Decision.HOLD, [each.observation.sentence for each in run.verdict.findings]
    assert any("the run has stopped by itself" in reason for reason in run.verdict.reasons)
    assert [step.phase for step in run.timeline].count("halt") == 1
    assert {step.outcome for step in run.cleanup} <= {"deleted", "gone"}
    assert notebook.things == {}


async def test_elsewhere_a_failing_target_is_looked_at_to_the_end(url: str, notebook: Notebook) -> None:
    """In a test environment failures are what a run is there to find."""
    notebook.instead = lambda request: JSONResponse({}, 500) if request.method == "POST" else None
    run = await engine.verify(options(url, notebook, only=("isolation/read_foreign_object",)))
    assert all(step.phase != "halt" for step in run.timeline)
