"""What the command line decides about one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from harness.evidence.redact import Redactor
    from harness.issuer import Issuer
    from harness.lab import Session
    from harness.model import Exchange, Result
    from harness.scenario import Scenario
    from harness.service import Service


class Progress(Protocol):
    """Who wants to know how far a run is."""

    def phase(self, name: str, sentence: str) -> None:
        """A phase begins."""

    def step(self, name: str, outcome: str, seconds: float) -> None:
        """A check or phase has ended."""


class Silent:
    """Nobody wants to know."""

    def phase(self, name: str, sentence: str) -> None:
        """Say nothing."""

    def step(self, name: str, outcome: str, seconds: float) -> None:
        """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """One run: the target, what is known of it, and how far to go.

    `unclear` are the operations that inference did not understand, with the reason; None where nothing was inferred.
    `insist` goes on where the preflight would hold, and `tamper` breaks the bench on purpose: both are for calibration,
    which has to see that no check passes then. `on_result` is told each result as soon as it is there, with the
    exchanges that it names, without secrets. `issuer` publishes the keys of minted users, where there are such; a run
    that is given none has one of its own. `until_found` ends each probe, and begins no further one, once something was
    found: for who only asks whether it is. `sparing` tries what is the same on every operation on a few of them only.
    """

    url: str
    scenario: Scenario
    scenario_text: str
    folder: Path
    redactor: Redactor
    run_id: str
    seed: int
    profile: str = "quick"
    command: str = ""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    allowed: frozenset[str] = frozenset()
    journal: Path | None = None
    generated: Mapping[str, str] = field(default_factory=dict, repr=False)
    service: Service | None = None
    issuer: Issuer | None = None
    users: Mapping[str, str] = field(default_factory=dict)
    unclear: Mapping[str, str] | None = None
    insist: bool = False
    tamper: Callable[[Session], None] | None = None
    leave: bool = False
    until_found: bool = False
    sparing: bool = False
    progress: Progress = field(default_factory=Silent)
    on_result: Callable[[Result, tuple[Exchange, ...]], None] | None = None
    concurrency: int = 8
