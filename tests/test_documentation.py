"""The documents are true: their commands run, their examples work, their links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from harness import errors, pytest_plugin
from harness.cli import app
from harness.evidence.bundle import verified
from harness.model import Decision, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.evidence.facts import Bundle

ROOT = Path(__file__).parent.parent
README, CONTRIBUTING, ARCHITECTURE = (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"))
DOCUMENTS = (README, CONTRIBUTING, ARCHITECTURE, ROOT / "CHANGELOG.md")
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
READ, EXAMPLE = "isolation/read_foreign_object", "isolation/read_by_stranger"
OF_OTHERS = {"--list-flaws", "--flaws-from", "--junitxml"}
# A source tree that has the files of the examples, without having them.
EXTENDED = """
import harness.checks.isolation, reports, sys
harness.checks.isolation.__path__.append(sys.argv.pop(1))
reports.__path__.append(sys.argv.pop(1))
from harness.cli import main
main()
"""


def blocks(path: Path, language: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a language: what stands after the language, and the text."""
    return [(found[2] or "", found[3]) for found in BLOCK.finditer(path.read_text("utf-8")) if found[1] == language]


def commands(program: str) -> list[list[str]]:
    """Return the arguments of every call of a program in the README's shell blocks."""
    lines = [line for _, text in blocks(README, "sh") for line in text.splitlines()]
    lines += [step["run"] for step in _steps() if "run" in step]
    words = [shlex.split(line, comments=True) for line in lines]
    return [each[1:] for each in words if each and Path(each[0]).name == program]


def _steps() -> list[dict[str, Any]]:
    ((_, text),) = blocks(README, "yaml")
    steps: list[dict[str, Any]] = yaml.safe_load(text)["jobs"]["verdict"]["steps"]
    return steps


def group() -> Any:
    """Return the command line as its library sees it."""
    return typer.main.get_command(app)


@pytest.mark.parametrize("arguments", commands("make"), ids=shlex.join)
def test_each_make_command_exists(arguments: list[str]) -> None:
    """Make knows every target that the README names, and would run something."""
    wanted = [each for each in arguments if each not in {"-C", "harness"}]
    done = subprocess.run(["make", "-n", *wanted], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", commands("harness"), ids=shlex.join)
def test_each_harness_command_is_one(arguments: list[str]) -> None:
    """The command line takes every call of the README as it stands; what needs no target is run."""
    name, *rest = arguments
    group().commands[name].make_context(name, list(rest))
    if name in {"checks", "explain"}:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output


def test_each_command_and_option_that_the_text_names_exists() -> None:
    """Code in the running text names no command or option that is gone."""
    text = BLOCK.sub("", README.read_text("utf-8"))
    known = {option for each in group().commands.values() for parameter in each.params for option in parameter.opts}
    code = re.findall(r"`([^`\n]+)`", text)
    named = {word for each in code for word in each.split() if word.startswith("--")}
    assert named <= known | OF_OTHERS
    assert {each.split()[1] for each in code if each.startswith("harness ")} <= set(group().commands)
    assert len(named) > 5


def test_each_option_of_the_pytest_plugin_exists() -> None:
    """The example for pytest uses options that the plugin has."""
    (line,) = commands("pytest")
    used = {word.removeprefix("--harness-") for word in line if word.startswith("--harness-")}
    assert used
    assert used <= set(pytest_plugin.OPTIONS)


def test_the_exit_codes_are_those_of_the_code() -> None:
    """Each row of the tables has the code that the program ends with."""
    rows = re.findall(r"^\| (.+?) \|(?: .+ \|)? (\d+) \|$", README.read_text("utf-8"), re.MULTILINE)
    verdict = {each.value: Verdict(decision=each, reasons=(), gates=(), findings=()).exit_code for each in Decision}
    ends = {
        "interrupted": 2,
        "the harness itself": errors.HarnessError.exit_code,
        "a wrong option": errors.ConfigurationError.exit_code,
        "nothing to test": errors.NothingToTest.exit_code,
        "refused for safety": errors.RefusedForSafety.exit_code,
    }
    expected = verdict | ends
    found = {name: int(code) for row, code in rows for name in expected if row.startswith(name)}
    assert found == expected
    assert len(rows) == len(expected)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """A relative link names a file that exists; an anchor names a heading of the document."""
    text = BLOCK.sub("", path.read_text("utf-8"))
    headings = {
        re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif "://" not in target:
            assert (ROOT / target).exists(), target


def test_the_readme_is_short() -> None:
    """A reader gets through it in one sitting."""
    assert len(README.read_text("utf-8").splitlines()) < 200


def test_the_layers_are_those_that_lint_enforces() -> None:
    """ARCHITECTURE.md shows the contract of import-linter, layer by layer."""
    ((_, shown),) = blocks(ARCHITECTURE, "layers")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in settings if each["type"] == "layers")
    assert shown.splitlines() == [re.sub(r"[()]", "", each) for each in layers]


def test_the_architecture_names_what_exists() -> None:
    """Every path in ARCHITECTURE.md is there, from the root or below harness/."""
    code = re.findall(r"`([^`\s]*/[^`\s]*)`", BLOCK.sub("", ARCHITECTURE.read_text("utf-8")))
    places = {each: [ROOT / each, ROOT / "harness" / each, ROOT / "harness" / f"{each}.py"] for each in code}
    gone = [each for each, paths in places.items() if "*" not in each and not any(path.exists() for path in paths)]
    assert code
    assert gone == []


@dataclass(frozen=True)
class Tree:
    """The files of the examples in CONTRIBUTING.md, at their places below `folder`."""

    folder: Path

    def verify(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `harness verify` from a source tree that has these files too."""
        places = [str(self.folder / "harness/checks/isolation"), str(self.folder / "reports")]
        line = [sys.executable, "-c", EXTENDED, *places, "verify", *arguments, "--artifacts", str(self.folder / "out")]
        return subprocess.run(line, cwd=ROOT, env=environment(self.folder), capture_output=True, text=True, check=False)

    def bundle(self) -> tuple[Path, Bundle]:
        """Return the newest bundle, verified from disk."""
        newest = max((self.folder / "out").iterdir(), key=lambda path: path.stat().st_mtime)
        return newest, verified(newest)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a shell whose `harness` is that of this interpreter, with its state in `folder`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {"PATH": path, "XDG_STATE_HOME": str(folder / "state"), "PROJECTS_ADMIN_KEY": "key-of-these-tests"}
    return {**os.environ, **own, "ALICE": "token-of-alice", "BOB": "token-of-bob", **more}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write each example to its file."""
    for language in ("python", "toml"):
        for about, text in blocks(CONTRIBUTING, language):
            path = tmp_path / about.removeprefix("file=")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return Tree(tmp_path)


@pytest.fixture
def projects(tree: Tree, request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve the projects service with the flaws that the test is marked with; return its URL."""
    flaws = ["--flaws-from", str(tree.folder / "flaws"), "--flaws", request.param]
    line = [sys.executable, "-m", "tests.targets.projects", "--port", "0", *flaws]
    with subprocess.Popen(line, cwd=ROOT, env=environment(tree.folder), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("READY ").strip()
        finally:
            process.terminate()


@pytest.mark.parametrize("projects", [""], indirect=True)
def test_the_example_of_a_check_passes_on_a_sound_service(tree: Tree, projects: str) -> None:
    """The check of CONTRIBUTING.md is found without being listed, and finds nothing where nothing is wrong."""
    done = tree.verify(projects, "--scenario", "scenarios/projects.toml", "--only", EXAMPLE)
    _, bundle = tree.bundle()
    (result,) = (each for each in bundle.run.results if each.check.id == EXAMPLE)
    assert result.outcome is Outcome.PASSED, done.stdout
    assert result.check.title == "A stranger cannot read what a user owns"


@pytest.mark.parametrize("projects", ["example-note-read"], indirect=True)
def test_the_examples_and_the_commands_on_a_bundle_work_together(tree: Tree, projects: str) -> None:
    """The example's flaw trips the example's check, its format is in the bundle, and the README's commands show it."""
    done = tree.verify(projects, "--scenario", "scenarios/projects.toml", "--only", EXAMPLE, "--only", READ)
    folder, bundle = tree.bundle()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"failed {EXAMPLE}\n" in (folder / "lines.txt").read_text("utf-8")
    finding = next(each.id for each in bundle.run.verdict.findings if each.check.id == READ)
    ((_, text),) = ((about, text) for about, text in blocks(README, "sh") if about == "bundle")
    script = "".join(f'{line.partition("  #")[0]}\necho "exit $?"\n' for line in text.splitlines())
    variables = environment(tree.folder, BUNDLE=str(folder), FINDING=finding)
    line = ["bash", "-c", script]
    shell = subprocess.run(line, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert re.findall(r"^exit (\d+)$", shell.stdout, re.MULTILINE) == ["0", "0", "0", "1", "0", "0"], (
        shell.stdout + shell.stderr
    )
    assert f"{finding} comes back" in shell.stdout
    _names_files_that_exist(folder)


def _names_files_that_exist(folder: Path) -> None:
    section = README.read_text("utf-8").partition("## The bundle")[2].partition("```")[0]
    names = re.findall(r"`([\w.-]+(?:\.\w+|/))`", section)
    assert len(names) > 10
    assert [name for name in names if not (folder / name).exists()] == []


def test_the_example_of_a_target_can_be_planned(tree: Tree) -> None:
    """The scenario of CONTRIBUTING.md is one, and offers enough for isolation."""
    done = tree.verify("--scenario", str(tree.folder / "scenarios/example.toml"), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert READ in done.stdout
