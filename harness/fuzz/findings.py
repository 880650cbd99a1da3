"""What a fuzz run came to: findings, answers by operation, and whether it ran as it should."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TOO_MANY_REQUESTS = 429
CLIENT_ERROR = 4
# A failure of one of these is another one when the status is another; what the others found does not depend on it.
OF_ONE_STATUS = frozenset(
    {
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzFinding:
    """One failure, the same for as long as operation, check and code are, and the status where it matters.

    `exchanges` are the ids of the requests that led to it, the offending one last; `again` is the status of that one
    sent once more, None where it was not.
    """

    operation: str
    check: str
    code: str
    title: str
    message: str
    case_id: str
    status: int | None = None
    exchanges: tuple[str, ...] = ()
    count: int = 1
    again: int | None = None

    @property
    def flaky(self) -> bool:
        """Whether it did not come back."""
        return self.again is not None and self.status is not None and self.again // 100 != self.status // 100

    @property
    def refused(self) -> bool:
        """Whether the answer blames the request (RFC 9110, section 15.5), documented or not."""
        return self.status is not None and self.status // 100 == CLIENT_ERROR

    @property
    def subject(self) -> str:
        """What was found, without anything generated: the same in a second run, or with another seed."""
        status = f" {self.status}" if self.check in OF_ONE_STATUS and self.status is not None else ""
        how = " refused" if self.check == "ignored_auth" and self.refused else status
        return f"{self.operation}: {self.check} {self.code}{how}"

    @property
    def id(self) -> str:
        """Twelve hex digits of the subject."""
        return hashlib.sha256(self.subject.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzError:
    """What kept Schemathesis from testing; `operation` is None where it concerns more than one."""

    operation: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an operation answered with which status, by our own ledger."""

    statuses: Mapping[int, int]

    @property
    def cases(self) -> int:
        """Answers in all."""
        return sum(self.statuses.values())

    def within(self, first: int, last: int) -> int:
        """Answers with a status from `first` to `last`."""
        return sum(count for status, count in self.statuses.items() if first <= status <= last)

    @property
    def success(self) -> int:
        """Answers with 2xx."""
        return self.within(200, 299)

    @property
    def client_errors(self) -> int:
        """Answers with 4xx."""
        return self.within(400, 499)

    @property
    def server_errors(self) -> int:
        """Answers with 5xx."""
        return self.within(500, 599)

    @property
    def limited(self) -> int:
        """Answers with 429."""
        return self.statuses.get(TOO_MANY_REQUESTS, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzRun:
    """All of one run.

    `completed` is our own word: Schemathesis says so too after an interrupt. `stopped` says why it was stopped early,
    `refused` how many requests were not let out, `excluded` which operations were not to be called.
    """

    seed: int
    completed: bool
    cases: int
    findings: tuple[FuzzFinding, ...] = ()
    per_operation: Mapping[str, Tally] = field(default_factory=dict)
    phases: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FuzzError, ...] = ()
    excluded: frozenset[str] = frozenset()
    stopped: str | None = None
    refused: int = 0
