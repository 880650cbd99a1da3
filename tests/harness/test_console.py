"""The terminal: gates, findings with what to do about them, what was not verified, and the same without a terminal."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from harness.console import Progress, progress, show_plan, show_verdict
from harness.engine import dry_run
from harness.evidence import history
from harness.evidence.bundle import read_bundle, write_bundle
from harness.evidence.redact import Redactor
from harness.model import FLAKY, Outcome
from tests.harness.bench import options
from tests.harness.evidence import builders

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from harness.model import Run
    from tests.harness.notebook import Notebook

ESCAPE = "\x1b["


def shown(run: Run, folder: Path, *, colour: bool = False, before: Run | None = None) -> str:
    """Return what is printed for a run, from its bundle."""
    out = io.StringIO()
    kept = {} if before is None else history.before([history.record(before, served=False)], subject(run))
    files = {history.PREVIOUS: json.dumps(kept).encode()} if kept else {}
    path = write_bundle(run, folder, redactor=Redactor(), extra_files=files).folder
    console = Console(file=out, width=600, force_terminal=colour, color_system="truecolor" if colour else None)
    show_verdict(console, read_bundle(path), path)
    return out.getvalue()


def subject(run: Run) -> str:
    """Return what the history knows the target of a run by."""
    return history.subject_of(run, served=False)


def test_findings_are_counted_against_the_run_before(tmp_path: Path) -> None:
    """New, fixed and known; without a run before only how many there are; what is flaky is counted apart."""
    leaky, sound = builders.run(leak=True), builders.run()
    assert "FINDINGS  1\n" in shown(leaky, tmp_path / "first")
    assert "FINDINGS  1 new, 0 fixed, 0 known\n" in shown(leaky, tmp_path / "new", before=sound)
    assert "FINDINGS  0 new, 0 fixed, 1 known\n" in shown(leaky, tmp_path / "known", before=leaky)
    assert "FINDINGS  0 new, 1 fixed, 0 known\n" in shown(sound, tmp_path / "fixed", before=leaky)
    results = list(sound.results)
    flaky = replace(results[1].observations[0], outcome=Outcome.INCONCLUSIVE, reason=FLAKY)
    results[1] = replace(results[1], observations=(flaky,))
    text = shown(builders.run(results=tuple(results)), tmp_path / "flaky", before=leaky)
    assert "FINDINGS  0 new, 0 fixed, 0 known, 1 not looked at again, 1 flaky\n" in text
    assert "FINDINGS" not in shown(sound, tmp_path / "none")


def test_a_finding_says_what_to_do_about_it(tmp_path: Path) -> None:
    """Severity, sentence, how to replay and where it is explained; the verdict with its exit code; the files."""
    run = builders.run(leak=True)
    text = shown(run, tmp_path)
    (finding, *_) = run.verdict.findings
    assert f"{finding.id}  {finding.severity.value}  {finding.observation.sentence}" in text
    assert f"harness replay {tmp_path}/{run.id} {finding.id}" in text
    assert f"harness explain {finding.check.id}" in text
    assert "VERDICT  NO-GO" in text
    assert "exit 1" in text
    assert f"harness inspect {tmp_path}/{run.id}" in text
    assert text.count("repeat ") == 1
    assert "--seed 4211 --seed" not in text


def test_every_gate_is_on_one_line_with_its_rule(tmp_path: Path) -> None:
    """Passed ones too."""
    run = builders.run()
    lines = shown(run, tmp_path).splitlines()
    for gate in run.verdict.gates:
        assert any(gate.gate.name in line and gate.sentence in line for line in lines), gate.gate.name


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    """A file or a pipe gets plain text."""
    assert ESCAPE in shown(builders.run(), tmp_path / "colour", colour=True)
    assert ESCAPE not in shown(builders.run(), tmp_path / "plain")


def test_what_a_target_says_is_no_markup(tmp_path: Path) -> None:
    """A sentence with brackets is printed as it is, and does not colour the terminal."""
    said = "it says [red]all is well[/] and [/nonsense]"
    results = tuple(
        replace(each, observations=tuple(replace(seen, sentence=said) for seen in each.observations))
        for each in builders.results(leak=True)
    )
    assert said in shown(builders.run(results=results), tmp_path)


def test_progress_without_a_terminal_is_a_heartbeat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, notebook: Notebook
) -> None:
    """Nothing is animated; a line now and then shows that it is alive, and families are summed up in the end."""
    monkeypatch.setattr(progress, "HEARTBEAT", 0.05)
    monkeypatch.setenv("NO_COLOR", "1")
    watching = Progress(json=False)
    watching.head(options(url, notebook), "0.1.0")
    watching.phase("probe", "3 probes")
    for name, outcome in (("a/one", "passed"), ("a/two", "failed"), ("b/one", "inconclusive")):
        watching.step(name, outcome, 0.5)
    head = capsys.readouterr().out
    time.sleep(0.2)
    beats = capsys.readouterr().err
    watching.done()
    rest = capsys.readouterr().out
    assert "... 0 s, probe: 3 probes" in beats
    assert url in head
    assert [line.split()[:2] for line in rest.splitlines() if line.strip()] == [["✗", "a"], ["?", "b"]]
    assert ESCAPE not in head + rest


def test_a_plan_shows_what_would_run_and_what_would_not(url: str, notebook: Notebook) -> None:
    """Nothing was sent, and it says so."""
    out = io.StringIO()
    known = options(url, notebook, skip=("tokens",))
    show_plan(Console(file=out, width=300), dry_run(known), known)
    assert "nothing was sent" in out.getvalue()
    assert "removed by --skip" in out.getvalue()
    assert notebook.asked == []


def test_one_mistake_on_every_operation_leaves_room_for_others(tmp_path: Path) -> None:
    """A few findings of each check are told, and how many more there are of which."""
    run = builders.run(leak=True)
    (finding, *_) = run.verdict.findings
    seen = [replace(finding.observation, subject=f"{finding.observation.subject} {number}") for number in range(7)]
    results = [replace(each, observations=tuple(seen)) if each.check == finding.check else each for each in run.results]
    text = shown(builders.run(results=tuple(results)), tmp_path)
    assert text.count("harness replay") == 3
    assert f"and 4 more ({finding.check.id} 4), see" in text
