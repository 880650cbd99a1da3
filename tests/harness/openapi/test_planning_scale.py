"""From a document of the size of large public APIs to a plan, in bounded processor time and memory."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.openapi.large import EACH, large

REPOSITORY = Path(__file__).parents[3]
THINGS = 80
SECONDS = 10
MEMORY = 1 << 30
NOWHERE = "http://127.0.0.1:9"


def bounded() -> None:
    """End this process when it has used up its processor time; the time of day depends on what else runs."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("dialect", ["2.0", "3.0", "3.1"])
def test_hundreds_of_operations_are_planned(dialect: str, tmp_path: Path) -> None:
    """960 operations are planned within ten seconds and a gigabyte, with a stated share of operations understood."""
    file = tmp_path / ("large.yaml" if dialect == "3.1" else "large.json")
    file.write_text(large(dialect, THINGS), encoding="utf-8")
    users = ("--user", "alice=env:A", "--user", "bob=env:B")
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", "verify", NOWHERE, "--document", str(file), *users, "--dry-run"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "A": "a-token", "B": "b-token"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=bounded,  # noqa: PLW1509 -- nothing else runs in this process that a fork could break
    )
    assert process.stdout is not None
    with process.stdout as out:
        said = out.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said[-2000:]
    assert "nothing was sent" in said
    assert usage.ru_maxrss * 1024 < MEMORY
    found = re.search(r"(\d+) of (\d+) operations understood", said)
    assert found is not None, said[-2000:]
    understood, total = int(found[1]), int(found[2])
    spent = f"{usage.ru_utime + usage.ru_stime:.1f} s, {usage.ru_maxrss >> 10} MB"
    print(f"{dialect}: {understood}/{total} understood, {spent}")  # noqa: T201 -- the figures, with `pytest -s`
    assert total == THINGS * EACH
    assert understood / total >= 11 / 12
