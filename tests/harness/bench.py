"""Runs and sessions of the engine against a notebook, with checks made for a test."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import engine
from harness.evidence.redact import Redactor
from harness.lab import Lab
from harness.model import Check, Needs, Severity
from harness.scenario import parse_scenario
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from harness.lab import Session
    from harness.model import Observation
    from tests.harness.notebook import Notebook


HERE = Path(__file__).parent


def options(url: str, notebook: Notebook, *, text: str = TOML, folder: Path = HERE, **more: Any) -> engine.Options:
    """Return the options of a run of the notebook's scenario."""
    return engine.Options(
        url=url,
        scenario=parse_scenario(text, where="notebook.toml"),
        scenario_text=text,
        folder=folder,
        redactor=Redactor(),
        run_id="test",
        seed=1,
        generated=notebook.environment,
        **more,
    )


def lab(session: Session, name: str = "test/check") -> Lab:
    """Return the bench of one check."""
    return Lab(session=session, check_id=name, random=random.Random(1))


def probe(
    name: str, run: Callable[[Lab], AsyncIterator[Observation]], *, needs: Needs | None = None, **more: Any
) -> Check:
    """Return a check made for a test."""
    return Check(
        id=name,
        title=name,
        explanation="made for a test",
        severity=Severity.HIGH,
        catches=("test.weakness",),
        needs=needs or Needs(),
        run=run,
        **more,
    )
