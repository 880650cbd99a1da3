"""The pytest plugin, as another pytest runs it against the projects service."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import pytest_plugin
from harness.evidence.bundle import verified

if TYPE_CHECKING:
    from harness.evidence.facts import Bundle

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "projects.toml"
READ, LIMIT = "isolation/read_foreign_object", "limits/exact_limit"
FLAWED = ("--harness-serve", "--harness-flaws", "note-read-foreign", "--harness-only", READ)
NOWHERE = "http://127.0.0.1:9"


def command(*arguments: str, scenario: Path | None = SCENARIO) -> list[str]:
    """Return the arguments of a verbose pytest; Locust's plugin, where it is installed, patches the interpreter."""
    given = ["--harness-scenario", str(scenario)] if scenario else []
    settings = ["-p", "no:locust", "-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=function"]
    return ["-v", *settings, *given, *arguments]


def run(folder: Path, *arguments: str, scenario: Path | None = SCENARIO) -> tuple[int, str]:
    """Run that pytest in a folder of its own; return its exit code and what it printed."""
    line = [sys.executable, "-m", "pytest", "-p", "harness.pytest_plugin", *command(*arguments, scenario=scenario)]
    state = {**os.environ, "XDG_STATE_HOME": str(folder)}
    done = subprocess.run(line, cwd=folder, env=state, capture_output=True, text=True, timeout=180, check=False)
    return done.returncode, done.stdout + done.stderr


def begin(pytester: pytest.Pytester, *arguments: str, scenario: Path | None = SCENARIO) -> tuple[int, str]:
    """Run a pytest that ends before the engine begins; in this process, where everything is imported already."""
    done = pytester.runpytest_inprocess(*command(*arguments, scenario=scenario), plugins=[pytest_plugin])
    return int(done.ret), "\n".join([*done.outlines, *done.errlines])


def bundle(folder: Path) -> Bundle:
    """Return the one bundle that was written, verified from disk."""
    (found,) = (folder / "artifacts").iterdir()
    return verified(found)


def checks(output: str, word: str) -> list[str]:
    """Return the ids of the checks of which verbose pytest says `word`."""
    return re.findall(rf"::(\S+) {word}", output)


def test_each_check_is_an_item_with_the_outcome_of_its_result(tmp_path: Path) -> None:
    """On a sound service what applies passes, what does not is skipped with its reason; Allure has the exchanges."""
    chosen = ("--harness-only", READ, "--harness-only", LIMIT, "--alluredir", "allure")
    code, output = run(tmp_path, "--harness-serve", *chosen)
    assert code == 0, output
    assert checks(output, "PASSED") == ["preflight/users", READ]
    assert checks(output, "SKIPPED") == [LIMIT]
    assert {each.check.id for each in bundle(tmp_path).run.results} == {"preflight/users", READ, LIMIT}
    results = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "allure").glob("*-result.json")]
    (read,) = (each for each in results if each["name"] == "A user cannot read an object that another user owns")
    labels = {(each["name"], each["value"]) for each in read["labels"]}
    assert {("severity", "blocker"), ("owasp", "API1:2023"), ("cwe", "CWE-639"), ("suite", "isolation")} <= labels
    texts = [(tmp_path / "allure" / each["source"]).read_text("utf-8") for each in read["attachments"]]
    assert any("GET /v2/" in text and "\n404\n" in text for text in texts)


def test_a_finding_fails_its_item_in_a_sentence(tmp_path: Path) -> None:
    """A flaw fails the check that finds it, without a traceback; once waived it is neither failed nor passed."""
    code, output = run(tmp_path, *FLAWED)
    assert code == 1, output
    assert checks(output, "FAILED") == [READ]
    assert re.search(r"^ISO-[0-9a-f]{6} critical: bob finds alice's note by GET .* \(200\)$", output, re.MULTILINE)
    assert "VERDICT  NO-GO" in output
    assert "Traceback" not in output
    assert "__init__.py" not in output
    found = bundle(tmp_path).run.verdict.findings
    scenario = _waiving(tmp_path / "projects.toml", [each.fingerprint for each in found if each.check.id == READ])
    (second := tmp_path / "second").mkdir()
    code, output = run(second, *FLAWED, scenario=scenario)
    assert checks(output, "XFAIL") == [READ], output
    assert code == 1, "the gate that counts cells still says NO-GO"


def _waiving(scenario: Path, fingerprints: list[str]) -> Path:
    waiver = '\n[[waivers]]\nfingerprint = "{}"\nreason = "known since May"\nowner = "qa"\nexpires = "2999-01-01"\n'
    text = SCENARIO.read_text("utf-8").replace('folder = ".."', f"folder = {json.dumps(str(ROOT))}")
    scenario.write_text(text + "".join(map(waiver.format, fingerprints)), "utf-8")
    return scenario


def test_what_pytest_deselects_is_not_run(tmp_path: Path) -> None:
    """After `-k` the engine runs what is left, and nothing else."""
    code, output = run(tmp_path, "--harness-serve", "-k", "read_foreign_object")
    assert code == 0, output
    assert checks(output, "PASSED") == [READ]
    assert {each.check.id for each in bundle(tmp_path).run.results} == {"preflight/users", READ}


def test_one_check_is_selected_by_its_node_id_beside_other_tests(pytester: pytest.Pytester) -> None:
    """A node id selects one check, and named files of tests are collected as ever."""
    pytester.makepyfile("def test_other(): pass")
    names = (f"{SCENARIO}::{READ}", "test_one_check_is_selected_by_its_node_id_beside_other_tests.py")
    code, output = begin(pytester, "--collect-only", *names)
    assert code == 0
    assert re.findall(r"<(?:CheckItem|Function) (.+)>", output) == [READ, "test_other"]


def test_nothing_known_is_an_error_never_a_pass(tmp_path: Path) -> None:
    """Where nothing listens each item that could run is an error that says so, and a bundle is left."""
    code, output = run(tmp_path, "--harness-url", NOWHERE, "--harness-only", "isolation")
    assert code == 1
    assert "INCONCLUSIVE: nothing usable answers at http://127.0.0.1:9" in output
    assert not checks(output, "(PASSED|FAILED)")
    assert len(checks(output, "ERROR")) > 10
    assert "Traceback" not in output
    assert bundle(tmp_path).run.verdict.exit_code == 10


@pytest.mark.parametrize(
    ("arguments", "scenario", "sentence"),
    [
        (["--harness-url", NOWHERE], None, "--harness-scenario FILE is missing"),
        (["--harness-user", "alice=secret"], SCENARIO, "--user alice=...: expected NAME=env:VAR or NAME=file:PATH"),
        (["--harness-only", "isolatoin"], SCENARIO, "'isolatoin' matches no check"),
        (["--harness-only", READ, "-k", "preflight"], SCENARIO, "preflight/users is part of every run"),
        (["--harness-serve", "--harness-profile", "fast"], SCENARIO, "--profile fast: expected one of"),
        ([], ROOT / "scenarios" / "missing.toml", "missing.toml"),
    ],
)
def test_a_wrong_option_is_a_usage_error(
    pytester: pytest.Pytester, arguments: list[str], scenario: Path | None, sentence: str
) -> None:
    """Exit code 4, one sentence, no traceback, and nothing was sent."""
    code, output = begin(pytester, *arguments, scenario=scenario)
    assert code == 4
    assert sentence in output
    assert "Traceback" not in output
    assert not (pytester.path / "artifacts").exists()


def test_distribution_is_refused(pytester: pytest.Pytester) -> None:
    """A run cannot be spread over processes: the option of pytest-xdist ends in a usage error."""
    code, output = begin(pytester, "-n", "2")
    assert code == 4
    assert "cannot be distributed: leave out -n" in output


def test_ctrl_c_ends_the_run_and_still_leaves_a_bundle(tmp_path: Path) -> None:
    """Interrupted between two items: exit code 2, what was created is deleted, and the bundle says what happened."""
    line = [sys.executable, "-m", "pytest", "-p", "harness.pytest_plugin", *command("--harness-serve")]
    with subprocess.Popen(
        line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        seen = next(line for line in process.stdout if "preflight/users PASSED" in line)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == 2, seen + rest
    interrupted = bundle(tmp_path).run
    assert interrupted.interrupted == "interrupted by the user"
    assert all(each.outcome in {"deleted", "gone"} for each in interrupted.cleanup)


def test_without_its_options_the_plugin_does_nothing(pytester: pytest.Pytester) -> None:
    """Loaded beside other tests it collects nothing and starts nothing."""
    name = pytest_plugin.NAME
    pytester.makepyfile(f"def test_other(request): assert not request.config.pluginmanager.hasplugin({name!r})")
    code, output = begin(pytester, scenario=None)
    assert code == 0
    assert "1 passed" in output
