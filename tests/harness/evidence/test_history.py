"""What past runs found is kept in a small file, so that a run can say what is new and what is fixed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.commands.past import show_history
from harness.evidence import history
from harness.evidence.facts import Bundle
from harness.model import Outcome
from reports._difference import Difference, difference
from tests.harness.evidence import builders

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Run

DAY = 86_400


def since(run: Run, *before: dict[str, Any]) -> Difference | None:
    """Return the difference of a run to those before it."""
    kept = history.before(before, history.subject_of(run, served=False))
    return difference(Bundle(run=run, signer=None, files={history.PREVIOUS: json.dumps(kept).encode()}))


def test_the_first_run_has_nothing_to_be_compared_with() -> None:
    """Nor has one whose only predecessor is of another target, or saw only a part."""
    leaky, sound = builders.run(leak=True), builders.run()
    other = {**history.record(sound, served=False), "subject": "another"}
    partial = history.record(sound, served=False, partial=True)
    interrupted = history.record(replace(sound, interrupted="SIGTERM"), served=False)
    assert since(leaky) is None
    assert since(leaky, other, partial, interrupted) is None


def test_a_finding_is_new_then_known_then_fixed() -> None:
    """It keeps the day on which it was seen first."""
    leaky, sound = builders.run(leak=True), builders.run()
    first, second = history.record(sound, served=False), history.record(leaky, served=False)
    told = since(leaky, first)
    assert told is not None
    assert ([each.id for each in told.new], told.known, told.fixed) == ([leaky.verdict.findings[0].id], (), ())
    later = {**second, "started": leaky.started + DAY}
    told = since(leaky, first, second, later)
    assert told is not None
    assert (told.new, len(told.known)) == ((), 1)
    assert told.first_seen == {leaky.verdict.findings[0].fingerprint: "2025-11-24"}
    told = since(sound, second)
    assert told is not None
    assert [row["id"] for row in told.fixed] == [leaky.verdict.findings[0].id]


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.SKIPPED])
def test_what_was_not_looked_for_again_is_not_fixed(outcome: Outcome) -> None:
    """The check did not come to an answer, so what it had found may still be there."""
    leaky, sound = builders.run(leak=True), builders.run()
    results = list(sound.results)
    results[1] = replace(results[1], observations=(replace(results[1].observations[0], outcome=outcome, reason="x"),))
    told = since(builders.run(results=tuple(results)), history.record(leaky, served=False))
    assert told is not None
    assert (told.fixed, len(told.unknown)) == ((), 1)


def test_a_figure_has_changed_where_the_intervals_are_apart() -> None:
    """Else it is noise; without an interval nothing can be told."""
    run = builders.run()
    kept = history.record(run, served=False)
    name, gate = next((name, gate) for name, gate in kept["gates"].items() if gate["low"] is not None and gate["high"])
    for shift, beyond in ((gate["high"] - gate["low"], False), (3 * (gate["high"] + 1), True)):
        moved = {key: gate[key] + shift / (1 if beyond else 2) for key in ("observed", "low", "high")}
        told = since(run, {**kept, "gates": {name: {**gate, **moved}}})
        assert told is not None
        assert [(change.gate, change.beyond_noise) for change in told.changes] == [(name, beyond)]
    told = since(run, {**kept, "gates": {name: {**gate, "observed": -1.0, "low": None}}})
    assert told is not None
    assert [change.beyond_noise for change in told.changes] == [None]


def test_the_file_stays_small_and_survives_nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unreadable lines are left out, the oldest runs go; what is kept can be listed."""
    row = history.record(builders.run(leak=True), served=False)
    (tmp_path / history.FILE).write_text('nonsense\n{"format": 99}\n[]\n')
    monkeypatch.setattr(history, "KEPT", 3)
    for number in range(5):
        history.append(tmp_path, {**row, "run": str(number)})
    assert [each["run"] for each in history.past(tmp_path)] == ["2", "3", "4"]
    assert [path.name for path in tmp_path.iterdir()] == [history.FILE]


def test_the_command_lists_each_run_against_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """New and fixed are counted per target; a run of some checks only is not compared with."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    leaky, sound = builders.run(leak=True), builders.run()
    for run, partial in ((sound, False), (leaky, False), (sound, True), (sound, False)):
        history.append(tmp_path / "harness", history.record(run, served=False, partial=partial))
    assert show_history("notes", as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("findings")[0].split()[-1] for line in lines[:4]] == ["0", "1", "0", "0"]
    assert "1 findings (1 new, 0 fixed)" in lines[1]
    assert "of some checks only" in lines[2]
    assert "(0 new, 1 fixed)" in lines[3]
    assert show_history("no such target", as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("content", [b"", b"[]", b'{"run": 1}', b'{"findings": []}', b"\xff"])
def test_a_kept_run_of_another_shape_is_no_difference(content: bytes) -> None:
    """A report is rendered all the same."""
    assert difference(Bundle(run=builders.run(), signer=None, files={history.PREVIOUS: content})) is None
