"""Checks and flaws prove each other: no check without a flaw that trips it, no flaw without a check that catches it.

The table is of debts: an entry names why the other half is not there yet, and is refused once it is.
"""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import hollow
from harness.calibrate import benign, sabotage
from harness.calibrate.cases import Case, Kind, flaws, subjects
from harness.calibrate.run import BARE
from harness.engine import preflight
from harness.engine.plan import every_check

if TYPE_CHECKING:
    from harness.model import Check

SCENARIOS = sorted(Path("scenarios").glob("*.toml"))

WITHOUT_FLAW: dict[str, str] = {
    "errors.server-error": "the fuzzer's own word for any 5xx; the flaws that answer 5xx name what is behind it",
    "tokens.garbage": "a garbage credential is accepted: seeded as authentication.missing",
    "tokens.missing": "no credential is accepted: seeded as authentication.missing",
}


@cache
def every_flaw() -> tuple[Case, ...]:
    """Return the flaws of every service that can be calibrated on."""
    found = [asyncio.run(flaws(subject, None)) for subject in subjects(SCENARIOS)]
    return tuple(case for cases in found for case in cases if case.kind is Kind.FLAW)


@cache
def caught() -> frozenset[str]:
    """Return the weaknesses that some check catches."""
    return frozenset(weakness for check in (*every_check(), preflight.CHECK) for weakness in check.catches)


def test_every_flaw_has_a_check_that_catches_its_weakness() -> None:
    """A flaw that nothing looks for would prove nothing."""
    orphans = {case.id: case.weakness for case in every_flaw() if case.weakness not in caught()}
    assert orphans == {}


@pytest.mark.parametrize("check", [*every_check(), preflight.CHECK], ids=lambda check: check.id)
def test_every_check_has_a_flaw_for_each_weakness(check: Check) -> None:
    """A check that nothing trips is not proved able to fail."""
    seeded = {case.weakness for case in every_flaw()}
    assert set(check.catches) - seeded - set(WITHOUT_FLAW) == set()
    assert set(check.catches) & seeded


def test_debts_that_are_paid_are_not_kept() -> None:
    """An entry of the table whose other half is there has to go."""
    assert sorted(set(WITHOUT_FLAW) & {case.weakness for case in every_flaw()}) == []


def test_names_of_flaws_are_unique_in_a_service() -> None:
    """A flaw is switched on by its name."""
    ids = [case.id for case in every_flaw()]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 25  # what was asked for


def test_every_variant_and_sabotage_of_the_catalogue_is_there() -> None:
    """The catalogue has 18 harmless variants and 21 sabotages; of the latter four are hollow targets."""
    found = [asyncio.run(flaws(subject, None)) for subject in subjects(SCENARIOS)]
    of_services = {case.name for cases in found for case in cases if case.kind is Kind.BENIGN}
    assert len(of_services | set(benign.names())) >= 18
    assert set(sabotage.HOLLOW.values()) <= {*hollow.names(), *(f"bare-{name}" for name in BARE)}
    assert len(sabotage.names()) + len(sabotage.HOLLOW) == 21
