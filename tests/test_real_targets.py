"""The servers that nobody here wrote: what can be told of them without installing one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.scenario import load_scenario
from real_targets.__main__ import HERE, NAMES, target
from real_targets.processes import answers, call, server
from real_targets.verifying import Verdict
from reference_service.stack.process import free_port

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", NAMES)
def test_each_target_has_pins_a_scenario_that_starts_it_and_a_place_in_the_summary(name: str) -> None:
    """What is installed is pinned, what is found is judged."""
    scenario, _ = load_scenario(HERE / f"{name}.toml")
    assert scenario.service is not None
    assert scenario.service.command[-2:] == ["serve", name]
    assert any(character.isdigit() for character in target(name).PINS)
    summary = (HERE / "README.md").read_text(encoding="utf-8")
    assert f"`{name}`" in summary
    assert all(f"`{check}`" in summary for check in target(name).KNOWN)


def test_a_server_is_there_until_the_block_ends(tmp_path: Path) -> None:
    """It runs in its folder from the moment that it answers, and a refusal of it is told."""
    url = f"http://127.0.0.1:{(port := free_port())}/"
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with server(command, tmp_path, url, {}):
        assert answers(f"{url}log")
        with pytest.raises(RuntimeError, match=r"POST http:.* answered 501"):
            call("POST", url, {})
    assert not answers(url)


def test_a_server_that_does_not_come_up_shows_its_last_words(tmp_path: Path) -> None:
    """The end of its log is the message."""
    words = [sys.executable, "-c", "raise SystemExit('no such setting')"]
    with pytest.raises(RuntimeError, match="no such setting"), server(words, tmp_path, "http://127.0.0.1:9/", {}):
        pass


@pytest.mark.parametrize(
    ("outcome", "found", "sound"),
    [
        ("passed", [], True),
        ("passed", [("low", "a/b"), ("medium", "a/b"), ("high", "known/one")], True),
        ("passed", [("high", "a/b")], False),
        ("inconclusive", [], False),
    ],
)
def test_a_verdict_is_sound_with_isolation_shown_and_nothing_grave_unknown(
    outcome: str, found: list[tuple[str, str]], sound: bool
) -> None:
    """What could not be shown is not sound; only what the summary argues is let pass."""
    findings = [{"severity": severity, "check": check} for severity, check in found]
    document = {"gates": [{"metric": "isolation verified", "outcome": outcome}], "findings": findings}
    verdict = Verdict(title="x", exit_code=0, document=document)
    assert verdict.sound(frozenset({"known/one"})) is sound
    assert not Verdict(title="x", exit_code=3, document=None).sound(frozenset())
