"""What a calibration tries where time is short: something of everything, and always the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.calibrate.cases import Case, Kind
from harness.calibrate.choice import Extent, extent
from harness.calibrate.sample import of_each_weakness, share, standing
from tests.harness.calibrate.made import Silent, made

LEAKS = [
    Case(kind=Kind.FLAW, subject=service, name=f"{weakness}-{number}", weakness=weakness)
    for service in ("one", "two")
    for weakness in ("isolation.list", "isolation.read", "limits.count")
    for number in range(4)
]
SOUND = Case(kind=Kind.SOUND, subject="one", name="sound")
CHECKS = [made(f"isolation/{number}", "isolation.list") for number in range(60)]
HOLLOW = [Case(kind=Kind.HOLLOW, subject="one", name=f"hollow-{number}") for number in range(20)]


def test_one_flaw_of_each_weakness_on_each_service_is_tried_and_all_that_is_sound() -> None:
    """Whatever the order in which they are listed, it is the same one."""
    chosen = of_each_weakness([SOUND, *LEAKS])
    assert chosen[0] == SOUND
    assert len(chosen) == 7
    assert {(case.subject, case.weakness) for case in chosen[1:]} == {(case.subject, case.weakness) for case in LEAKS}
    assert set(of_each_weakness(LEAKS[::-1])) == set(chosen[1:])


def test_flaws_from_outside_are_all_tried() -> None:
    """Who brings flaws wants to know of each of them."""
    mine = [replace(case, name=f"my-{case.name}", outside=True) for case in LEAKS]
    chosen = of_each_weakness([*LEAKS, *mine])
    assert [case for case in chosen if case.outside] == mine
    assert len(chosen) == len(mine) + 6


def test_what_is_named_is_tried_in_full() -> None:
    """Unnamed, one flaw of each family is asked about by all checks; a quick one asks of none."""
    assert extent(LEAKS, quick=False, named=True).beside == {case.id for case in LEAKS}
    usual = extent(LEAKS, quick=False, named=False)
    assert usual.beside == standing(LEAKS, lambda case: case.family)
    assert len(usual.beside) == 2
    assert extent(LEAKS, quick=True, named=False).beside == frozenset()
    assert extent(HOLLOW, quick=True, named=True).sampled == frozenset()


def test_hollow_targets_are_tried_with_every_check_as_one_service_at_least() -> None:
    """Quick: with a share; in full with every check on what imitates the first service, with a share on the others."""
    others = [replace(case, subject="two") for case in HOLLOW]
    assert extent([*HOLLOW, *others], quick=True, named=False).sampled == {case.id for case in [*HOLLOW, *others]}
    assert extent([*HOLLOW, *others], quick=False, named=False).sampled == {case.id for case in others}


def test_what_a_variant_concerns_is_tried_whole_in_full() -> None:
    """Of one that concerns no family more than the others, a share stands for all."""
    late = Case(kind=Kind.BENIGN, subject="one", name="late")
    early = replace(late, name="early", touches=("limits",))
    assert extent([late, early], quick=True, named=False).sampled == {late.id, early.id}
    assert extent([late, early], quick=False, named=False).sampled == {late.id}


def test_one_resource_stands_for_all_where_everything_is_alike() -> None:
    """All of a hollow target is hollow; of a sampled variant a part is asked; what is sound, or flawed, is whole."""
    benign = Case(kind=Kind.BENIGN, subject="one", name="late")
    full = Extent(sampled=frozenset({benign.id}))
    assert all(full.is_part(case) for case in [HOLLOW[0], benign])
    assert not any(full.is_part(case) for case in [SOUND, LEAKS[0], replace(benign, name="early")])


@pytest.mark.parametrize("case", [SOUND, replace(HOLLOW[0], name="open"), replace(HOLLOW[0], name="empty")])
def test_what_must_pass_and_what_is_most_like_a_service_is_tried_with_every_check(case: Case) -> None:
    """Nothing is left out there."""
    assert share(case, CHECKS) == CHECKS


def test_every_check_is_tried_on_some_hollow_targets_and_every_target_with_some_checks() -> None:
    """A third of the pairs; what only watches costs nothing, and is always there."""
    tried = {case.name: share(case, CHECKS) for case in HOLLOW}
    assert all(0 < len(chosen) < len(CHECKS) / 2 for chosen in tried.values())
    assert {check.id for chosen in tried.values() for check in chosen} == {check.id for check in CHECKS}
    watcher = replace(CHECKS[0], watch=lambda _lab: Silent())
    assert all(watcher in share(case, [watcher]) for case in HOLLOW)
