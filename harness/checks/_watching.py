"""What watchers share: they judge each response, count by status, and say which kinds they never saw."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, passed, skipped
from harness.lab import QUICKLY_LIMITED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.lab import Lab, Session
    from harness.model import DeclaredResponse, Exchange, Observation, Operation, Request, Response, Severity

MALFORMED = "malformed"  # purpose of requests that are no HTTP: what answers them may not be the application
UNDOCUMENTED = "attempt beside the document"  # of requests whose path only looks like one that is described
REQUIRED = (401, 404, 422)
OPTIONAL = (413, 429, 500, 503)
LIMITED = 429
VERSION = len("v10")  # a part of a path that is no longer than this stays
UNREACHED = frozenset({502, 503, 504})
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[\ud800-\udfff]")
LONGEST = 200_000  # bytes of a body in which words are looked for
LARGEST_HEAD = 8192  # servers refuse longer ones themselves
MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one response, and which words show it; problems of one subject are one finding."""

    subject: str
    sentence: str
    severity: Severity | None = None
    operation: str | None = None
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One response to judge, with its operation in the document, if it has one; what is derived is derived once."""

    exchange: Exchange
    response: Response
    operation: Operation | None

    @cached_property
    def is_http(self) -> bool:
        """Whether the request can reach the application."""
        return is_http(self.exchange.request)

    @cached_property
    def text(self) -> str:
        """Headers and body as text, with the escapes of JSON undone."""
        body = self.response.body[:LONGEST].decode("utf-8", "replace")
        headers = "\n".join(f"{name}: {value}" for name, value in self.response.headers)
        text = f"{headers}\n{body}"
        if "\\" not in text:
            return text
        return text.replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\/", "/")

    @cached_property
    def document(self) -> Any:
        """The JSON value of the body, or MISSING."""
        return requests.parsed(self.response.body)

    @cached_property
    def schema(self) -> Mapping[str, Any] | None:
        """The schema of the JSON body that is declared for this status, if there is one."""
        if self.operation is None or self.exchange.request.method == "HEAD":
            return None
        declared = self.operation.declared(self.response.status)
        received = media_type(self.response.header("Content-Type"))
        bodies = declared.bodies if declared else ()
        exact = [body for body in bodies if media_type(body.media_type) == received]
        return next((body.schema for body in exact or bodies if "json" in body.media_type.lower()), None)

    @cached_property
    def in_front(self) -> bool:
        """Whether a balancer or gateway has answered for a service that it did not reach: no form of the document's."""
        if self.response.status not in UNREACHED:
            return False
        declared = self.operation.declared(self.response.status) if self.operation else None
        return media_type(self.response.header("Content-Type")) not in {
            media_type(body.media_type) for body in (declared.bodies if declared else ())
        }

    @cached_property
    def name(self) -> str:
        """The operation and status, for subjects and sentences."""
        method, target = self.exchange.request.method, self.exchange.request.target.partition("?")[0]
        return f"{self.operation.id if self.operation else f'{method} {_general(target)}'} {self.response.status}"


@dataclass(kw_only=True)
class StatusWatcher:
    """Judges every response by `judge`, which returns a Problem, True (fine) or False (nothing to say about it).

    `kinds` are the statuses that it must have judged before it passes, where the document declares them; with `answers`
    a success must be among what it has judged. What something in front of the service has answered is judged only with
    `front`; with `json` only JSON can be. `described` tells whether a declared response says what is judged at all:
    one that does not has to be seen all the same, so that what answers is known to be more than a facade.
    """

    lab: Lab
    subject: str
    claim: str
    judge: Callable[[Seen], Problem | bool]
    kinds: tuple[int, ...] = REQUIRED
    optional: tuple[int, ...] = OPTIONAL
    answers: bool = False
    front: bool = False
    json: bool = False
    described: Callable[[DeclaredResponse], bool] = lambda _declared: True
    seen: set[int] = field(default_factory=set)
    counts: Counter[int] = field(default_factory=Counter)
    problems: dict[str, tuple[Problem, Exchange]] = field(default_factory=dict)
    repeats: Counter[str] = field(default_factory=Counter)

    def see(self, exchange: Exchange) -> None:
        """Judge one response."""
        if exchange.response is None or exchange.purpose == MALFORMED:
            return
        seen = seen_of(self.lab.session, exchange, exchange.response)
        if not seen.is_http or (seen.in_front and not self.front):
            return
        self.seen.add(exchange.response.status)
        found = self.judge(seen)
        if isinstance(found, bool):
            self.counts[exchange.response.status] += found
            return
        self.counts[exchange.response.status] += 1
        self.repeats[found.subject] += 1
        self.problems.setdefault(found.subject, (found, exchange))

    def conclude(self) -> Iterator[Observation]:
        """Say what was wrong, or how many were fine, and what was never seen."""
        for subject, (problem, exchange) in list(self.problems.items())[:MOST_FINDINGS]:
            times = self.repeats[subject]
            sentence = problem.sentence + (f" ({times} times)" if times > 1 else "")
            operation = problem.operation or (exchange.request.operation or None)
            about = {"severity": problem.severity, "operation": operation, "shows": problem.shows}
            yield failed(subject, sentence, exchange, **about)
        total = sum(self.counts.values())
        if not total and not self._is_described():
            sentence = f"{self.claim}: the document does not say what they are"
            yield skipped(self.subject, "not-offered", sentence)
        elif not total:
            yield inconclusive(self.subject, "nothing-observed", f"no response that says anything about: {self.claim}")
        elif self.answers and not any(count and str(status).startswith("2") for status, count in self.counts.items()):
            sentence = f"{self.claim}: refusals only were seen ({_tally(self.counts)})"
            yield inconclusive(self.subject, "nothing-observed", sentence)
        elif not self.problems:
            yield passed(self.subject, f"{self.claim}: {total} responses ({_tally(self.counts)})")
        yield from self._unseen()

    def _unseen(self) -> Iterator[Observation]:
        declared = {status for status in (*self.kinds, *self.optional) if self._declares(status)}
        judged = {status for status, count in self.counts.items() if count}
        unseen = sorted(declared - judged - {status for status in self.seen if not self._is_described(status)})
        needed = [each for each in unseen if each in self.kinds or (each == LIMITED and self._limits_quickly())]
        if needed:
            names = ", ".join(map(str, needed))
            sentence = f"{self.claim}: {names} are declared, but none was seen"
            yield inconclusive(f"{self.subject}: {names}", "not-seen", sentence)
        spared = ", ".join(str(status) for status in unseen if status not in needed)
        if spared:
            yield skipped(f"{self.subject}: {spared}", "not-seen", f"{self.claim}: {spared} could not be induced")

    def _declares(self, status: int) -> bool:
        """Whether the document declares the status; without a document, the two that every service of users has."""
        operations = self.lab.operations
        if not operations:
            return status in {401, 404}
        declared = [each for operation in operations for each in operation.responses if each.status == str(status)]
        return any(not (self.json and each.bodies) or _has_json(each) for each in declared)

    def _is_described(self, status: int | None = None) -> bool:
        """Whether any response is, or any of a status; without a document, all are."""
        operations = self.lab.operations
        responses = [
            each for one in operations for each in one.responses if status is None or each.status == str(status)
        ]
        return not operations or any(self.described(each) for each in responses)

    def _limits_quickly(self) -> bool:
        limits = self.lab.scenario.limits
        fresh = self.lab.session.introductions.fresh
        return limits is not None and limits.probe is not None and limits.requests <= QUICKLY_LIMITED and fresh


def seen_of(session: Session, exchange: Exchange, response: Response) -> Seen:
    """Return an exchange as it is judged: one value for all watchers, which look one after the other."""
    latest = session.latest
    if not isinstance(latest, Seen) or latest.exchange is not exchange:
        described = exchange.purpose != UNDOCUMENTED
        operation = session.operation_of(exchange.request) if described else None
        latest = Seen(exchange=exchange, response=response, operation=operation)
        session.latest = latest
    return latest


def _has_json(declared: DeclaredResponse) -> bool:
    return any("json" in media_type(body.media_type) for body in declared.bodies)


def _tally(counts: Counter[int]) -> str:
    return ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()) if count)


def _general(target: str) -> str:
    """Return a path without what differs from run to run."""
    parts = ["..." if any(map(str.isdigit, part)) and len(part) > VERSION else part for part in target.split("/")]
    return "/".join(parts)[:80]


def is_http(request: Request) -> bool:
    """Whether a request can reach the application (RFC 9112): no control characters, a head of usual size."""
    values = [value for _, value in request.headers]
    size = len(request.target) + sum(map(len, values))
    return size <= LARGEST_HEAD and not any(CONTROL.search(text) for text in (request.target, *values))


def is_text(response: Response) -> bool:
    """Whether a body is text that a person or program reads."""
    kind = (response.header("Content-Type") or "").lower()
    return not kind.startswith(("image/", "audio/", "video/", "application/octet-stream", "application/pdf"))


def media_type(value: str | None) -> str:
    """Return type and subtype in lower case, without parameters."""
    return (value or "").partition(";")[0].strip().lower()
