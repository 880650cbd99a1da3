"""What was acknowledged around the end of a service is there when it is back, or the check says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from harness import engine
from harness.checks.deployment import shutdown as module
from harness.checks.deployment.shutdown import shutdown
from harness.evidence.redact import Redactor
from harness.model import Outcome
from harness.scenario import parse_scenario
from harness.scenario.schema import ServiceSpec
from harness.service import Service, serve
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from harness.model import Observation

ROOT = Path(__file__).parents[3]
NOTES = """
name = "notes"

[target]
document = "none.json"
environment = "test"

[users.minted]
secret = "env:SECRET"
claims = { sub = "{user}" }

[[resource]]
name = "note"
settle = 1
create = { operation = "POST /notes", json = { text = "{marker}" } }
read = { operation = "GET /notes/{note}" }
list = { operation = "GET /notes", items = "/notes" }
"""


async def ended(mode: str, folder: Path) -> dict[str, Observation]:
    """Run the check on such a service; return what it says, by subject."""
    (folder / "none.json").write_text('{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}')
    command = ["{python}", "-m", "tests.harness.checks.restartable", mode, str(folder)]
    async with serve(ServiceSpec(command=command, endpoints="--endpoints"), folder=ROOT, generated={}) as service:
        run = await engine.verify(asked(service, folder))
    result = next(each for each in run.results if each.check.id == shutdown.id)
    assert result.error is None, result.error
    return {observation.subject: observation for observation in result.observations}


def asked(service: Service, folder: Path) -> engine.Options:
    """Return the options of a run of this check alone."""
    return engine.Options(
        url=service.url,
        scenario=parse_scenario(NOTES, where="notes"),
        scenario_text=NOTES,
        folder=folder,
        redactor=Redactor(),
        run_id="test",
        seed=1,
        only=(shutdown.id,),
        generated={"SECRET": "s" * 40},
        service=service,
        insist=True,
        leave=True,
    )


async def test_what_is_finished_before_the_end_is_there(tmp_path: Path) -> None:
    """A service that finishes what is on its way passes; so much was acknowledged while it was ending."""
    said = await ended("sound", tmp_path)
    assert {name: each.outcome for name, each in said.items()} == {"note: acknowledged": Outcome.PASSED}
    assert said["note: acknowledged"].sentence.startswith("20 notes were acknowledged, 10 of them while it was ending")


async def test_what_is_dropped_cleanly_is_no_loss(tmp_path: Path) -> None:
    """Who got no answer, and finds nothing, tries again: a service may end at once."""
    said = await ended("abrupt", tmp_path)
    outcomes = {name: each.outcome for name, each in said.items()}
    assert outcomes == {"note: acknowledged": Outcome.PASSED, "note: not acknowledged": Outcome.PASSED}


@pytest.mark.parametrize(
    ("mode", "subject", "sentence"),
    [
        ("forgetful", "note: acknowledged", "after the restart 20 of them are not there"),
        ("twice", "note: not acknowledged", "after the restart 10 of them are there all the same"),
    ],
)
async def test_what_is_lost_or_kept_in_secret_is_found(tmp_path: Path, mode: str, subject: str, sentence: str) -> None:
    """Acknowledged and gone, or refused and there."""
    said = (await ended(mode, tmp_path))[subject]
    assert said.outcome is Outcome.FAILED
    assert sentence in said.sentence


@pytest.mark.parametrize(("mode", "sentence"), [("stuck", "did not end"), ("gone", "nothing serves again")])
async def test_a_service_that_does_not_restart_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, sentence: str
) -> None:
    """Neither a pass nor a finding: what was to be ended was not, or nobody can look."""
    monkeypatch.setattr(module, "ENDS_WITHIN", 2.0)
    monkeypatch.setattr(module, "BACK_WITHIN", 2.0)
    said = (await ended(mode, tmp_path))["note"]
    assert (said.outcome, said.reason) == (Outcome.INCONCLUSIVE, "not-restarted")
    assert sentence in said.sentence


async def test_a_service_that_nobody_restarts_is_not_ended(url: str, notebook: Notebook) -> None:
    """Without a process that may be ended the check is not offered."""
    run = await engine.verify(options(url, notebook, text=TOML, only=(shutdown.id, "integrity/acknowledged_creates")))
    result = next(each for each in run.results if each.check.id == shutdown.id)
    assert (result.outcome, result.observations[0].reason) == (Outcome.SKIPPED, "not-offered")


async def test_only_a_process_below_the_command_is_ever_ended(tmp_path: Path) -> None:
    """Whatever process a service names: one that it did not start itself is not the harness's to end."""
    other = psutil.Process().ppid()
    script = f"import sys, time; open(sys.argv[2], 'w').write('{{\"serving\": {other}}}')"
    script += "; print('READY http://127.0.0.1:1', flush=True); time.sleep(60)"
    spec = ServiceSpec(command=["{python}", "-c", script], endpoints="--endpoints")
    async with serve(spec, folder=tmp_path, generated={}) as service:
        assert psutil.pid_exists(other)
        assert service.serving is None
        assert not service.restarts
