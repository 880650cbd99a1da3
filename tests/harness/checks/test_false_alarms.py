"""Services that are sound in another way than usual: no check may hold that against them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.calibrate.middle import Asked, Middle, standing
from harness.checks.deployment.ready import ready
from harness.checks.integrity.delete_is_final import delete_is_final
from harness.checks.isolation.alternating_requests import alternating_requests
from harness.checks.isolation.delete_foreign_object import delete_foreign_object
from harness.checks.oracle.conflict import conflict
from harness.checks.validation.unicode import unicode
from harness.engine import preflight
from harness.engine.loading import tail
from harness.errors import OutOfReach
from harness.evidence.redact import Redactor
from harness.model import LoadRun, Outcome, Sample
from harness.scenario import amended, load_scenario
from harness.scenario.schema import LoadSpec
from harness.service import Service
from tests.harness.bench import options
from tests.harness.notebook import THING
from tests.targets.accounts.app import SERVICE as ACCOUNTS
from tests.targets.common.flaws import load_flaws, switch_on
from tests.targets.projects.app import SERVICE as PROJECTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from harness.model import Check, Result
    from harness.model import Response as Answered
    from tests.harness.notebook import Notebook
    from tests.targets.common.command import TargetService
    from tests.targets.common.running import Stage

SCENARIOS = Path(__file__).parents[3] / "scenarios"
ADMIN = {"PROJECTS_ADMIN_KEY": "key-of-the-administrator"}


async def judged(theatre: Stage, service: TargetService[Any], variant: str, check: Check, **said: Any) -> Result:
    """Show a service with one of its flaws or variants, and return what a check says of it."""
    known = load_flaws([service.flaws, service.benign])
    scenario, text = load_scenario(SCENARIOS / f"{service.name}.toml")
    url = theatre.show(service.build(switch_on(service.parts, [variant], known), ADMIN))
    scenario = amended(amended(scenario, known[variant].description.scenario or {}), said)
    run = await engine.verify(
        engine.Options(
            url=url,
            scenario=scenario,
            scenario_text=text,
            folder=SCENARIOS,
            redactor=Redactor(),
            run_id="test",
            seed=1,
            generated=ADMIN,
            only=(check.id,),
            leave=True,
        )
    )
    return next(result for result in run.results if result.check.id == check.id)


@pytest.mark.parametrize(
    ("variant", "said", "outcome"),
    [
        ("unique-names", {}, Outcome.PASSED),
        ("unique-names", {"resource": {"project": {"unique": None}}}, Outcome.PASSED),
        ("project-name-taken-by-anybody", {}, Outcome.FAILED),
        ("not-found-with-time", {}, Outcome.PASSED),
    ],
)
async def test_a_name_that_is_unique_by_design_is_no_conflict(
    theatre: Stage, variant: str, said: dict[str, Any], outcome: Outcome
) -> None:
    """That a name is taken is a finding only where names are said to be one's own business."""
    result = await judged(theatre, PROJECTS, variant, conflict, **said)
    assert result.outcome is outcome, [each.sentence for each in result.observations]


@pytest.mark.parametrize("check", [alternating_requests, delete_foreign_object], ids=lambda check: check.id)
async def test_lists_that_lag_are_waited_for(theatre: Stage, check: Check) -> None:
    """Of two replicas one knows an object later: not finding it is nobody's deed while it may still lag."""
    result = await judged(theatre, ACCOUNTS, "eventual-lists", check)
    assert result.outcome is Outcome.PASSED, [each.sentence for each in result.observations]


@pytest.mark.parametrize(("leaves", "outcome"), [("id", Outcome.PASSED), ("text", Outcome.FAILED)])
async def test_a_tombstone_is_no_object(
    url: str, notebook: Notebook, only_these: Callable[..., None], leaves: str, outcome: Outcome
) -> None:
    """A deleted object may leave its identifier behind, never what was put into it."""
    gone: dict[str, str] = {}

    def remember(request: Request) -> Response | None:
        found = THING.match(request.url.path)
        key = found["thing"] if found else ""
        if request.method == "DELETE" and key in notebook.things:
            gone[key] = notebook.things[key][1]
        elif request.method == "GET" and key in gone and key not in notebook.things:
            return JSONResponse({"id": key, "deleted": True, **({"text": gone[key]} if leaves == "text" else {})})
        return None

    notebook.instead = remember
    only_these(delete_is_final)
    run = await engine.verify(options(url, notebook))
    assert said_of(run.results, "thing") is outcome


@pytest.mark.parametrize(("again", "outcome"), [(False, Outcome.PASSED), (True, Outcome.INCONCLUSIVE)])
async def test_a_server_error_is_asked_for_again(
    url: str, notebook: Notebook, only_these: Callable[..., None], again: bool, outcome: Outcome
) -> None:
    """One 503 in a restart changes no judgement; one that stays leaves the check without its control."""
    broken: set[str] = set()

    def restart(request: Request) -> Response | None:
        first = request.url.path not in broken
        if not THING.match(request.url.path) or (not first and not again):
            return None
        broken.add(request.url.path)
        return JSONResponse({}, 503, {"Retry-After": "0"})

    notebook.instead = restart
    only_these(delete_foreign_object)
    run = await engine.verify(options(url, notebook))
    assert said_of(run.results, "DELETE /things/{thing}") is outcome


@pytest.mark.parametrize(("times", "outcome"), [(1, Outcome.PASSED), (99, Outcome.FAILED)])
async def test_one_hiccup_is_no_lie_about_readiness(
    url: str, notebook: Notebook, only_these: Callable[..., None], times: int, outcome: Outcome
) -> None:
    """Ready, and yet an operation fails: once in a run is a moment, twice is a finding."""
    failures: list[int] = []

    def hiccup(request: Request) -> Response | None:
        if request.url.path != "/me" or not notebook.things or len(failures) >= times:
            return None
        failures.append(1)
        return JSONResponse({}, 500)

    notebook.instead = hiccup
    only_these(ready)
    run = await engine.verify(options(url, notebook, only=("deployment/ready",)))
    assert outcomes(run.results)["deployment/ready"] is outcome


@pytest.mark.parametrize(("nulls_only", "outcome"), [(True, Outcome.FAILED), (False, Outcome.INCONCLUSIVE)])
async def test_no_answer_to_odd_input_counts_where_everything_else_is_answered(
    url: str, notebook: Notebook, only_these: Callable[..., None], nulls_only: bool, outcome: Outcome
) -> None:
    """A service that hangs up on a NUL fails; a line that loses whatever is asked then says nothing of the NUL."""
    broken: list[str] = []

    def crash(request: Request) -> Response | None:
        return Response(status_code=HANG_UP) if rb"\u0000" in getattr(request, "_body", b"") else None

    class Hangs(Middle):
        async def ask(self, asked: Asked) -> Asked | None:
            return None if broken and not nulls_only else asked

        async def tell(self, asked: Asked, response: Answered) -> bytes:
            if response.status == HANG_UP:
                broken.append(asked.target)
                raise ConnectionError
            return await super().tell(asked, response)

    notebook.instead = crash
    only_these(unicode)
    async with standing(url, Hangs()) as reached:
        run = await engine.verify(options(reached, notebook, only=("validation/unicode",)))
    assert outcomes(run.results)["validation/unicode"] is outcome


HANG_UP = 599
"""A status that stands for none."""


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({}, Outcome.FAILED),
        ({"lateness_p99": 0.5}, Outcome.INCONCLUSIVE),
        ({"generator_cpu": 0.99}, Outcome.INCONCLUSIVE),
    ],
)
def test_a_saturated_generator_blames_nobody(how: dict[str, float], outcome: Outcome) -> None:
    """Stalls that the generator may have made itself are neither a failure nor a pass of the service."""
    stalled = tuple(Sample(operation="GET /x", intended=n, started=n, done=n + 2.0, status=200) for n in range(100))
    figures = {"seconds": 100.0, "asked_rate": 1.0, "lateness_p99": 0.002, "generator_cpu": 0.1} | how
    spec = LoadSpec.model_validate({"mix": [{"resource": "x", "verb": "list"}]})
    assert tail(LoadRun(samples=stalled, **figures), spec).outcome is outcome  # type: ignore[arg-type]


def test_a_process_that_is_gone_is_out_of_reach() -> None:
    """What cannot be stopped is told as such, not as a bug of the check."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    service = Service(url="", pid=0, generated={}, processes={"store": int(ended.stdout)})
    with pytest.raises(OutOfReach, match="store cannot be stopped"), service.frozen("store"):
        pass


def said_of(results: tuple[Result, ...], subject: str) -> Outcome:
    """Return the worst that the check of the test says of a subject, or of a part of it."""
    seen = [each for result in results if result.check.id != preflight.CHECK.id for each in result.observations]
    return Outcome.worst(each.outcome for each in seen if re.fullmatch(rf"{re.escape(subject)}(: .*)?", each.subject))


def outcomes(results: tuple[Result, ...]) -> dict[str, Outcome]:
    """Return the outcome of each check."""
    return {result.check.id: result.outcome for result in results}
