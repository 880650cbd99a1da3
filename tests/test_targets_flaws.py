"""The flaws of the targets: found in folders, described as JSON, switched on one per part, refused in production."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.targets.accounts.app import SERVICE as ACCOUNTS
from tests.targets.common.command import main
from tests.targets.common.flaws import FlawError, load_flaws, switch_on
from tests.targets.projects.app import SERVICE as PROJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.targets.common.command import TargetService

SERVICES = [PROJECTS, ACCOUNTS]
OUTSIDE = '''"""A flaw from outside."""

from dataclasses import replace

weakness = "deployment.build"
mode = "http"


def apply(parts):
    return replace(parts, commit="outside")
'''


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_flaw_describes_itself(service: TargetService[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """`--list-flaws --json` is an array of name, weakness, mode and title, one for each file."""
    assert main(service, ["--list-flaws", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {flaw["name"] for flaw in listed} == _named(service.flaws) | _named(service.benign)
    assert {flaw["name"] for flaw in listed if flaw["mode"] == "benign"} == _named(service.benign)
    assert len(listed) >= 14
    for flaw in listed:
        assert set(flaw) - {"scenario", "touches"} == {"name", "weakness", "mode", "title"}
        assert re.fullmatch(r"[a-z-]+\.[a-z-]+" if flaw["mode"] != "benign" else "", flaw["weakness"])
        assert flaw["title"].endswith(".")


def _named(folder: Path) -> set[str]:
    return {path.stem.replace("_", "-") for path in folder.glob("[!_]*.py")}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_ready_line_is_all_that_is_printed_and_the_url_answers(service: TargetService[Any], tmp_path: Path) -> None:
    """A target prints `READY <url>` once it answers; a flaw from another folder can be on."""
    (tmp_path / "from_outside.py").write_text(OUTSIDE, encoding="utf-8")
    command = [sys.executable, "-m", f"tests.targets.{service.name}"]
    arguments = ["--flaws-from", str(tmp_path), "--flaws", "from-outside"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            url = re.fullmatch(r"READY (http://127\.0\.0\.1:\d+)\n", line)
            assert url is not None
            assert httpx.get(f"{url[1]}/healthz").status_code == 200
            assert httpx.get(f"{url[1]}/version").json()["commit"] == "outside"
        finally:
            process.terminate()
        rest, warning = process.communicate(timeout=10)
    assert rest == ""
    assert "from-outside" in warning


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["--flaws", "no-such-flaw"], {}, "unknown flaw no-such-flaw"),
        (["--flaws", "note-read-foreign,note-read-through-own-project"], {}, "both replace note_read"),
        (["--flaws", "stale-build"], {"ENVIRONMENT": "production"}, "production"),
        (["--flaws-from", "no/such/folder"], {}, "no folder of flaws"),
        ([], {"PROJECTS_USERS": "[]"}, "PROJECTS_USERS: expected a JSON object"),
    ],
)
def test_mistakes_of_the_user_are_one_clear_line(
    arguments: list[str],
    environment: dict[str, str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mistake on the command line or in the environment exits 2 with its reason."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match="2"):
        main(PROJECTS, arguments)
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"deployment.build"', '"builds"', "expected weakness"),
        ('"http"', '"sometimes"', "expected mode"),
        ("def apply", "def use", "apply"),
        ("mode =", "mode", "cannot be imported"),
    ],
)
def test_a_file_that_is_no_flaw_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A file without a proper weakness, mode or `apply` is named in the error."""
    (tmp_path / "broken.py").write_text(OUTSIDE.replace(old, new), encoding="utf-8")
    with pytest.raises(FlawError, match=message):
        load_flaws([tmp_path])


def test_a_flaw_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    """A flaw has to replace a part, else calibration would look for what is not there."""
    (tmp_path / "idle.py").write_text(OUTSIDE.replace('replace(parts, commit="outside")', "parts"), encoding="utf-8")
    with pytest.raises(FlawError, match="replaces no part"):
        switch_on(PROJECTS.parts, ["idle"], load_flaws([tmp_path]))


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    """A flaw from outside cannot hide one of the service's own."""
    (tmp_path / "stale_build.py").write_text(OUTSIDE, encoding="utf-8")
    with pytest.raises(FlawError, match="two flaws are called stale-build"):
        load_flaws([PROJECTS.flaws, tmp_path])
