"""How long `harness verify` takes on the reference service, phase by phase, as the timeline of its bundle tells."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

SCENARIO = Path(__file__).parents[1] / "scenarios" / "knowledge.toml"
DECIDED = {0: "GO", 1: "NO-GO", 10: "HOLD"}
BESIDE = frozenset({"fuzz", "tour"})
"""Steps of the timeline that go on beside the probes, and have no time of their own."""


async def measure() -> dict[str, dict[str, float]]:
    """Return the seconds of each phase of one quick run; the rest is starting the service, and writing the bundle."""
    with tempfile.TemporaryDirectory() as folder:
        command = ("-m", "harness", "verify", "--serve", "--scenario", str(SCENARIO), "--artifacts", folder)
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, "--seed", "1", stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        code = await process.wait()
        wall = time.perf_counter() - began
        if code not in DECIDED:
            raise RuntimeError(f"harness verify ended with {code}, which is no decision; run it by itself to see why")
        phases = _phases(Path(folder))
    rows = {**phases, "rest": wall - sum(phases.values()), f"all, until {DECIDED[code]}": wall}
    return {name: {"seconds": seconds, "share": seconds / wall} for name, seconds in rows.items()}


def _phases(artifacts: Path) -> dict[str, float]:
    """Return how long each phase lasted, in the order in which they began."""
    (path,) = artifacts.glob("*/run.json")
    run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    last = {"phase": "", "at": run["ended"] - run["started"]}
    lasted: dict[str, float] = {}
    steps = [step for step in run["timeline"] if step["phase"] not in BESIDE]
    for step, following in itertools.pairwise([*steps, last]):
        lasted[step["phase"]] = lasted.get(step["phase"], 0.0) + following["at"] - step["at"]
    return lasted
