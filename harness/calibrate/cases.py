"""What a calibration tries: services as they should be, with a flaw, hollow ones, and benches that are sabotaged."""

from __future__ import annotations

import asyncio
import enum
import json
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigurationError
from harness.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.scenario import Scenario
    from harness.scenario.schema import ServiceSpec

LISTING_WITHIN = 60.0


class Kind(enum.StrEnum):
    """What is tried, and so what is expected of the checks."""

    SOUND = "sound"
    FLAW = "flaw"
    BENIGN = "benign"
    HOLLOW = "hollow"
    SABOTAGE = "sabotage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A service that can be calibrated on: its scenario, and where that is."""

    scenario: Scenario
    text: str
    path: Path

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario.name

    @property
    def variant(self) -> bool:
        """Whether this is another subject's service in a mode of its own, tried only on what needs that mode."""
        return bool(self.service.flaws)

    @property
    def folder(self) -> Path:
        """What the files of the scenario are relative to."""
        return self.path.parent

    @property
    def service(self) -> ServiceSpec:
        """How it is started; a subject always has this."""
        if self.scenario.service is None:
            raise ConfigurationError(f"{self.path}: expected a [service] with a command, found none")
        return self.scenario.service


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One trial: of a flaw its weakness and mode, of anything else its name.

    What must be silent is tried twice in full: with the checks that may run beside others, and with those that measure
    time (`timed`). A sound service that is another's in a mode of its own is one case for each family of weaknesses
    that the mode is about. A harmless variant of the mode `benign` is the service's own; of any, `said` is what a
    scenario says instead, and `touches` are the families of checks that it is about, where it is not about all.
    `seed` is that of its run, where it is not the usual one. A flaw may be from `outside` of the service's own.
    """

    kind: Kind
    subject: str
    name: str
    weakness: str = ""
    mode: str = "http"
    title: str = ""
    timed: bool = False
    said: Mapping[str, Any] = field(default_factory=dict, hash=False)
    touches: tuple[str, ...] = ()
    seed: int | None = None
    outside: bool = False

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Case:
        """Return the case that `dataclasses.asdict` has made a document of, by way of JSON or not."""
        return cls(**{**told, "kind": Kind(told["kind"]), "touches": tuple(told["touches"])})

    @property
    def id(self) -> str:
        """What tells it from all others."""
        return f"{self.subject}/{self.kind.value}/{self.name}" + ("/timed" if self.timed else "")

    @property
    def seeded(self) -> bool:
        """Whether the service itself is another: it is told the name of the case."""
        return self.kind is Kind.FLAW or (self.kind is Kind.BENIGN and self.mode == Kind.BENIGN)

    @property
    def family(self) -> str:
        """The first part of the weakness."""
        return self.weakness.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of a case: the outcome of each check that ran, and one sentence for each that did not pass.

    `tries` is 2 for a case that was blurred by other trials beside it, and was tried again alone.
    """

    case: Case
    outcomes: dict[str, str] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    catching: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str | None = None
    tries: int = 1

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Row:
        """Return the row that `dataclasses.asdict` has made a document of, by way of JSON or not."""
        return cls(**{**told, "case": Case.read(told["case"]), "catching": tuple(told["catching"])})

    @property
    def survives(self) -> bool:
        """Whether this is a flaw that nothing killed."""
        return self.case.kind is Kind.FLAW and not self.killers

    @property
    def blurred(self) -> bool:
        """Whether a crowded machine may be why a flaw survives its checks, or why some cannot tell what is sound."""
        if self.case.kind is Kind.SOUND:
            return bool(self.having("inconclusive")) and not self.having("failed", "error") and not self.error
        return self.survives and bool(self.catching)

    @property
    def killers(self) -> tuple[str, ...]:
        """The checks that catch the weakness and FAILED."""
        return tuple(check for check in self.catching if self.outcomes.get(check) == "failed")

    def having(self, *outcomes: str) -> tuple[str, ...]:
        """Return the checks with one of these outcomes."""
        return tuple(check for check, outcome in self.outcomes.items() if outcome in outcomes)


def whole(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each thing that was tried, also where its timed part was a case of its own."""
    found: dict[Case, Row] = {}
    for row in rows:
        case = replace(row.case, timed=False)
        found[case] = _joined(found[case], row) if case in found else replace(row, case=case)
    return list(found.values())


def _joined(first: Row, second: Row) -> Row:
    return replace(
        first,
        outcomes=first.outcomes | second.outcomes,
        sentences=first.sentences | second.sentences,
        seconds=round(first.seconds + second.seconds, 2),
        error=first.error or second.error,
    )


def subjects(paths: Sequence[Path]) -> tuple[Subject, ...]:
    """Return the scenarios that say how to start their service; raise ConfigurationError where none does."""
    loaded = [(path, *load_scenario(path)) for path in paths]
    found = tuple(
        Subject(scenario=scenario, text=text, path=path.resolve())
        for path, scenario, text in loaded
        if scenario.service is not None
    )
    if not found:
        looked = ", ".join(map(str, paths)) or "scenarios/*.toml"
        raise ConfigurationError(
            f"no service to calibrate on: expected a scenario with a [service], looked at {looked}"
        )
    return found


def sound(subject: Subject, seeded: Sequence[Case]) -> list[Case]:
    """Return what is tried on a service without a flaw; of a variant, only what its flaws are about."""
    if not subject.variant:
        return [Case(kind=Kind.SOUND, subject=subject.name, name="sound")]
    families = sorted({case.family for case in seeded if case.kind is Kind.FLAW})
    return [Case(kind=Kind.SOUND, subject=subject.name, name=name, weakness=f"{name}.") for name in families]


async def flaws(subject: Subject, outside: Path | None) -> tuple[Case, ...]:
    """Ask a service which flaws it has in its mode; those of the mode `benign` are variants that must stay silent.

    Raises ConfigurationError where the list cannot be had or read.
    """
    own = await _listed(subject, None)
    if outside is None:
        return own
    known = {case.name for case in own}
    return tuple(replace(case, outside=case.name not in known) for case in await _listed(subject, outside))


async def _listed(subject: Subject, outside: Path | None) -> tuple[Case, ...]:
    command = [sys.executable if part == "{python}" else part for part in subject.service.command]
    arguments = ["--list-flaws", "--json", *(["--flaws-from", str(outside)] if outside else [])]
    process = await asyncio.create_subprocess_exec(
        *command,
        *arguments,
        cwd=subject.folder / subject.service.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), LISTING_WITHIN)
        listed = json.loads(out)
        return tuple(
            _case(subject.name, entry) for entry in listed if str(entry.get("needs") or "") == subject.service.flaws
        )
    except TimeoutError:
        process.kill()
        await process.wait()
        problem = f"did not end within {LISTING_WITHIN:g} s"
    except (ValueError, KeyError, TypeError) as error:
        problem = f"printed no such list ({type(error).__name__}: {error}); {err.decode('utf-8', 'replace')[-500:]}"
    shown = " ".join([*command, *arguments])
    message = f"{shown}: expected a JSON array of flaws (name, weakness, mode), but it {problem}"
    raise ConfigurationError(message)


def _case(subject: str, entry: dict[str, Any]) -> Case:
    mode = str(entry.get("mode", "http"))
    return Case(
        kind=Kind.BENIGN if mode == "benign" else Kind.FLAW,
        subject=subject,
        name=str(entry["name"]),
        weakness=str(entry.get("weakness") or ""),
        mode=mode,
        title=str(entry.get("title", "")),
        said=entry.get("scenario") or {},
        touches=tuple(entry.get("touches") or ()),
    )
