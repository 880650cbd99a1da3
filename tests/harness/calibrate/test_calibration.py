"""A whole calibration of a tiny service: what is killed, what survives, what stays silent, what is hollow."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.calibrate import Kind, Report, Row, Settings, calibrate, newest, soak
from harness.calibrate.cases import subjects
from harness.calibrate.run import all_cases
from harness.commands.calibration import CalibrateRequest
from harness.commands.calibration import calibrate as command
from harness.errors import ConfigurationError

TINY = Path(__file__).with_name("tiny.toml")
ISOLATION = ("isolation/delete_foreign_object", "isolation/list_foreign_objects", "isolation/read_foreign_object")


class Notes:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.known = 0
        self.rows: list[Row] = []

    def begins(self, cases: int, done: int) -> None:
        """Remember how many cases an earlier calibration left."""
        assert cases > 0
        self.known = done

    def tried(self, row: Row, done: int, cases: int) -> None:
        """Remember the row."""
        assert done <= cases
        self.rows.append(row)


class Impatient(Notes):
    """Interrupts whoever calibrates as soon as one case has been tried."""

    def tried(self, row: Row, done: int, cases: int) -> None:
        """Remember the row, and press Ctrl-C."""
        super().tried(row, done, cases)
        for task in asyncio.all_tasks():
            if getattr(task.get_coro(), "__name__", "") == "calibrate":
                task.cancel()


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


async def tried(*only: str) -> Report:
    """Calibrate quickly on the tiny service, some cases only."""
    return await calibrate(Settings(scenarios=(TINY,), quick=True, only=only), Notes())


async def test_flaws_are_killed_by_what_catches_them_and_others_survive() -> None:
    """A FAILED of a check that catches the weakness is a kill; a flaw that no check catches is a survivor."""
    report = await tried("flaw")
    killers = {row.case.name: row.killers for row in report.rows}
    assert "isolation/list_foreign_objects" in killers["list-leak"]
    assert "isolation/delete_foreign_object" in killers["delete-foreign"]
    assert report.summary.survivors == ("tiny/unheard-of",)
    assert (report.summary.killed, report.summary.total) == (2, 3)
    assert not report.summary.holds


async def test_sound_and_benign_services_are_passed() -> None:
    """Checks of isolation pass on the sound service and on its harmless variant, and none of either fails there."""
    report = await tried("sound", "benign")
    for row in report.rows:
        assert {row.outcomes.get(check, "passed") for check in ISOLATION} == {"passed"}, row.sentences
    assert not [name for name in report.summary.benign_failed if "isolation/" in name]
    assert {row.case.kind for row in report.rows} == {Kind.SOUND, Kind.BENIGN}


async def test_nothing_passes_where_everything_is_hollow_or_open() -> None:
    """A service that forgets everything, and one that allows everything, are told from sound ones."""
    report = await tried("empty-lists", "open", "deaf")
    assert report.summary.hollow_passed == ()
    outcomes = {row.case.name: row.outcomes for row in report.rows}
    assert {outcomes["open"][check] for check in ISOLATION} == {"failed"}
    assert {outcomes["empty-lists"][check] for check in ISOLATION} == {"inconclusive"}


@pytest.mark.parametrize(
    "name", ["bob-refused", "shared-token", "writes-lost", "bob-has-nothing", "backend-dead", "connections-reset"]
)
async def test_no_affected_check_passes_on_a_sabotaged_bench(name: str) -> None:
    """Whatever is wrong with users or objects, isolation is not praised."""
    report = await tried(name)
    assert report.summary.sabotage_passed == ()
    assert report.rows[0].outcomes["isolation/list_foreign_objects"] != "passed"


async def test_a_service_in_a_mode_of_its_own_is_tried_on_what_needs_the_mode() -> None:
    """Its flaws are those that say so; sound it is tried on their family; hollow targets are for the usual mode."""
    settings = Settings(scenarios=(TINY.with_name("door.toml"), TINY), quick=True)
    cases = [case.id for case in await all_cases(subjects(settings.scenarios), settings)]
    assert [case for case in cases if case.startswith("door/")] == ["door/sound/isolation", "door/flaw/open-door"]
    assert "tiny/flaw/open-door" not in cases
    assert {"tiny/flaw/list-leak", "tiny/hollow/open", "tiny/sound/sound"} <= set(cases)
    report = await calibrate(Settings(scenarios=settings.scenarios, quick=True, only=("door",)), Notes())
    assert report.summary.killed == report.summary.total == 1
    sound = next(row for row in report.rows if row.case.kind is Kind.SOUND)
    assert {check.partition("/")[0] for check in sound.having("passed")} == {"isolation", "preflight"}


async def test_an_interrupted_calibration_ends_with_what_is_known_and_goes_on_from_there() -> None:
    """Ctrl-C loses no finished case: the result says what is missing, and the next run tries that and nothing else."""
    settings = Settings(scenarios=(TINY,), quick=True, only=("list-leak", "delete-foreign"), jobs=1)
    impatient = Impatient()
    first = await asyncio.create_task(calibrate(settings, impatient))
    assert len(first.rows) == 1
    assert first.untried == first.document["untried"] == 1
    assert not first.document["holds"]
    notes = Notes()
    again = await calibrate(replace(settings, jobs=2), notes)
    assert (notes.known, len(notes.rows), again.untried) == (1, 1, 0)
    assert first.rows[0] in again.rows
    assert again.document["seconds"] >= first.document["seconds"]
    third = Notes()
    await calibrate(settings, third)
    assert third.known == 0


async def test_the_command_writes_json_and_its_exit_code_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`harness calibrate --json` leaves summary and matrix, exits with 1 when a flaw survives, and stores no part."""
    file = tmp_path / "result.json"
    request = CalibrateRequest(
        quick=True, flaws_from=None, json=file, scenarios=(TINY,), only=("delete-foreign", "unheard-of"), soak=0, jobs=2
    )
    assert await command(request) == 1
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["summary"]["survivors"] == ["tiny/unheard-of"]
    assert (written["summary"]["killed"], written["summary"]["total"]) == (1, 2)
    assert written["matrix"][0]["killed_by"] == ["isolation/delete_foreign_object"]
    shown = capsys.readouterr().out
    assert "killed by isolation/delete_foreign_object" in shown
    assert "kill rate  50.0%: 1 of 2 seeded flaws killed" in shown
    assert newest() is None


async def test_a_soak_counts_what_is_neither_passed_nor_skipped() -> None:
    """Sound services are run again and again; isolation never raises an alarm on them."""
    notes = Notes()
    counted = await soak(Settings(scenarios=(TINY,), only=("isolation/list_foreign_objects",)), 2, notes)
    assert not counted
    assert [row.outcomes["isolation/list_foreign_objects"] for row in notes.rows] == ["passed", "passed"]


async def test_names_that_mean_nothing_are_refused() -> None:
    """An unknown name is a mistake of the user, told at once."""
    with pytest.raises(ConfigurationError, match="--only nonsense"):
        await tried("nonsense")
