"""What the trials of a calibration add up to: pure, from rows to what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.calibrate import sabotage
from harness.calibrate.cases import Kind, Row
from harness.hollow import open as open_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from harness.model import Check

SILENT = (Kind.SOUND, Kind.BENIGN)
HOLLOW = (Kind.HOLLOW, Kind.SABOTAGE)
ACCESS = ("authentication.", "authorization.", "isolation.", "tokens.")
FINE = frozenset({"passed", "skipped:not-applicable", "skipped:not-offered", "skipped:not-seen"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How well the checks of one family of weaknesses tell the flawed from the sound."""

    name: str
    flaws: int
    killed: int
    silent: int
    false_alarms: int
    hollow: int
    vacuous: int

    @property
    def true_positive_rate(self) -> float | None:
        """Share of the flaws that were killed."""
        return self.killed / self.flaws if self.flaws else None

    @property
    def false_positive_rate(self) -> float | None:
        """Share of the answers on sound services that were alarms."""
        return self.false_alarms / self.silent if self.silent else None

    @property
    def youden(self) -> float | None:
        """Youden's J: the true-positive rate less the false-positive rate."""
        rates = (self.true_positive_rate, self.false_positive_rate)
        return None if rates[0] is None or rates[1] is None else rates[0] - rates[1]

    @property
    def vacuous_pass_rate(self) -> float | None:
        """Share of the answers on hollow targets and sabotaged benches that were passes."""
        return self.vacuous / self.hollow if self.hollow else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What must be empty, and how many flaws were killed."""

    killed: int
    total: int
    survivors: tuple[str, ...]
    sound_failed: tuple[str, ...]
    sound_inconclusive: tuple[str, ...]
    benign_failed: tuple[str, ...]
    benign_inconclusive: tuple[str, ...]
    sabotage_passed: tuple[str, ...]
    hollow_passed: tuple[str, ...]
    never_passed: tuple[str, ...]
    not_run: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it must be."""
        wrong = (self.survivors, self.sound_failed, self.sound_inconclusive, self.benign_failed)
        return not any((*wrong, self.sabotage_passed, self.hollow_passed, self.never_passed, self.not_run))


def summarise(rows: Iterable[Row], checks: Mapping[str, Check], *, complete: bool) -> Summary:
    """Return what the rows say: names are "service:check", "service/flaw" or "service/target:check".

    Of a complete calibration every check must have passed on at least one sound service.
    """
    by_kind: dict[Kind, list[Row]] = {kind: [] for kind in Kind}
    for row in rows:
        by_kind[row.case.kind].append(row)
    flaws = by_kind[Kind.FLAW]
    return Summary(
        killed=sum(bool(row.killers) for row in flaws),
        total=len(flaws),
        survivors=tuple(f"{row.case.subject}/{row.case.name}" for row in flaws if not row.killers),
        sound_failed=_named(by_kind[Kind.SOUND], lambda row: row.having("failed")),
        sound_inconclusive=_named(by_kind[Kind.SOUND], _unsettled),
        benign_failed=_named(by_kind[Kind.BENIGN], lambda row: row.having("failed")),
        benign_inconclusive=_named(by_kind[Kind.BENIGN], _unsettled),
        sabotage_passed=_named(by_kind[Kind.SABOTAGE], lambda row: vacuous(row, checks)),
        hollow_passed=_named(by_kind[Kind.HOLLOW], lambda row: vacuous(row, checks)),
        never_passed=_never_passed(by_kind[Kind.SOUND]) if complete else (),
        not_run=tuple(
            row.case.id for row in by_kind[Kind.SOUND] + by_kind[Kind.BENIGN] + _hollow(by_kind) if row.error
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many cases of a kind were tried, and how many of them came out as they must."""

    tried: int = 0
    right: int = 0


def counts(rows: Iterable[Row], checks: Mapping[str, Check]) -> dict[Kind, Count]:
    """Return for each kind how many flaws were killed, services silent, hollow targets and sabotages without a pass.

    Variants and sabotages are counted by name, however many services they were tried on.
    """
    right: dict[Kind, dict[str, bool]] = {kind: {} for kind in Kind}
    for row in rows:
        for kind, name in _counted_as(row):
            right[kind][name] = right[kind].get(name, True) and _right(row, checks)
    return {kind: Count(tried=len(found), right=sum(found.values())) for kind, found in right.items()}


def _counted_as(row: Row) -> Iterator[tuple[Kind, str]]:
    """Return as what a case counts, under which name: what is hollow may be a sabotage as well."""
    kind, name = row.case.kind, row.case.name
    yield kind, name if kind in {Kind.BENIGN, Kind.SABOTAGE} else row.case.id
    if kind is Kind.HOLLOW and name in sabotage.HOLLOW.values():
        yield Kind.SABOTAGE, name


def _right(row: Row, checks: Mapping[str, Check]) -> bool:
    if row.case.kind is Kind.FLAW:
        return bool(row.killers)
    wrong = vacuous(row, checks) if row.case.kind in HOLLOW else row.having("failed")
    return not (row.error or wrong or (row.case.kind is Kind.SOUND and _unsettled(row)))


def _hollow(by_kind: Mapping[Kind, list[Row]]) -> list[Row]:
    return [*by_kind[Kind.HOLLOW], *by_kind[Kind.SABOTAGE]]


def _named(rows: Sequence[Row], wrong: Callable[[Row], tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"{_title(row)}:{check}" for row in rows for check in wrong(row))


def _title(row: Row) -> str:
    return row.case.subject if row.case.kind is Kind.SOUND else f"{row.case.subject}/{row.case.name}"


def _unsettled(row: Row) -> tuple[str, ...]:
    """Return the checks that neither passed nor failed, nor were properly skipped."""
    return tuple(check for check, outcome in row.outcomes.items() if outcome not in {"failed", *FINE})


def _never_passed(rows: Sequence[Row]) -> tuple[str, ...]:
    seen = {check for row in rows for check, outcome in row.outcomes.items() if outcome != "skipped:not-offered"}
    return tuple(sorted(seen - {check for row in rows for check in row.having("passed", "failed")}))


def vacuous(row: Row, checks: Mapping[str, Check]) -> tuple[str, ...]:
    """Return the checks that passed where they must not, and where everything is open those that did not fail."""
    if row.case.kind is Kind.SABOTAGE:
        return tuple(name for name in row.having("passed") if sabotage.load(row.case.name).affects(checks[name]))
    if row.case.name != "open":
        return row.having("passed")
    return tuple(name for name, outcome in row.outcomes.items() if _too_good(checks[name], outcome))


def _too_good(check: Check, outcome: str) -> bool:
    """Whether this is no answer about a target where everything is open: a pass of access, or less than a failure."""
    if any(weakness.startswith(open_target.EXHIBITS) for weakness in check.catches):
        return outcome != "failed" and not outcome.startswith("skipped")
    return outcome == "passed" and any(weakness.startswith(ACCESS) for weakness in check.catches)


def families(rows: Sequence[Row], checks: Mapping[str, Check]) -> tuple[Family, ...]:
    """Return the scores of each family of weaknesses, by name."""
    names = {row.case.family for row in rows if row.case.kind is Kind.FLAW}
    names |= {weakness.partition(".")[0] for check in checks.values() for weakness in check.catches}
    return tuple(_family(name, rows, checks) for name in sorted(names))


def _family(name: str, rows: Sequence[Row], checks: Mapping[str, Check]) -> Family:
    own = {each.id for each in checks.values() if any(weakness.startswith(f"{name}.") for weakness in each.catches)}
    flaws = [row for row in rows if row.case.kind is Kind.FLAW and row.case.family == name]
    silent = [row.outcomes[each] for row in rows if row.case.kind in SILENT for each in own if _said(row, each)]
    hollow = [(row, each) for row in rows if row.case.kind in HOLLOW for each in own if _said(row, each)]
    return Family(
        name=name,
        flaws=len(flaws),
        killed=sum(bool(row.killers) for row in flaws),
        silent=len(silent),
        false_alarms=silent.count("failed"),
        hollow=len(hollow),
        vacuous=sum(each in vacuous(row, checks) for row, each in hollow),
    )


def _said(row: Row, check: str) -> bool:
    return check in row.outcomes and not row.outcomes[check].startswith("skipped")
