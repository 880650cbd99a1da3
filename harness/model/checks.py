"""A check, what it needs, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from harness.model.outcomes import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from harness.model.exchanges import Exchange
    from harness.model.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a check must be offered before it can say anything.

    `users`: how many distinct identities; `operations`: resource verbs that one resource must have (create, read, list,
    search, update, delete, action); `features`: names of capabilities of a lab (`Lab.features`), for example
    "minter", "document", "limits", "request-id", "load", "database", "processes".
    `drains` marks a check that uses up a quota (runs last, never on production); `exclusive` one that must have the
    target to itself; `timed` one that measures how long answers take, and so needs the machine to itself as well.
    `writes` is False only for a check that creates and changes nothing; `slow` marks one that the quick profile
    leaves out; `waits` one that may wait long, and so begins early.
    """

    users: int = 1
    operations: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    drains: bool = False
    exclusive: bool = False
    timed: bool = False
    waits: bool = False
    writes: bool = True
    slow: bool = False


class Watcher(Protocol):
    """What a watching check builds once a run: it sees every exchange, then concludes."""

    def see(self, exchange: Exchange) -> None:
        """Look at one exchange with its whole body; must not raise or block."""

    def conclude(self) -> Iterable[Observation]:
        """Say what was seen, after the last exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: who it is, what it catches, what it needs, and how it runs.

    A probe's `run` takes a Lab and yields observations; a watcher's `watch` takes a Lab and returns a Watcher.
    """

    id: str
    title: str
    explanation: str
    severity: Severity
    catches: tuple[str, ...]
    needs: Needs = Needs()
    owasp: str | None = None
    cwe: int | None = None
    mode: str = "http"
    run: Callable[[Any], AsyncIterator[Observation]] | None = None
    watch: Callable[[Any], Watcher] | None = None

    @property
    def family(self) -> str:
        """The first part of the id, the folder of the check."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one check: its observations, or the error that broke it."""

    check: Check
    observations: tuple[Observation, ...] = ()
    error: str | None = None
    seconds: float = 0.0
    requests: int = 0
    required: bool = True

    @property
    def outcome(self) -> Outcome:
        """The worst of the observations; ERROR when broken; a FAILED stands even beside an error."""
        seen = [observation.outcome for observation in self.observations]
        return Outcome.worst([*seen, Outcome.ERROR] if self.error else seen)
