"""The nouns of a run: frozen values that the client records, expectations judge and gates decide on."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Headers = tuple[tuple[str, str], ...]


class Outcome(enum.StrEnum):
    """The one scale for observations, checks, gates and runs."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"

    @staticmethod
    def worst(outcomes: Iterable[Outcome]) -> Outcome:
        """Return FAILED > ERROR > INCONCLUSIVE > PASSED; SKIPPED is neutral, and nothing at all is INCONCLUSIVE."""
        seen = set(outcomes)
        for outcome in (Outcome.FAILED, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.PASSED, Outcome.SKIPPED):
            if outcome in seen:
                return outcome
        return Outcome.INCONCLUSIVE


class Severity(enum.StrEnum):
    """How bad a finding is, as a security reviewer ranks it."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def blocks(self) -> bool:
        """Whether a finding of this severity is a security violation by itself."""
        return self in {Severity.CRITICAL, Severity.HIGH}


class Decision(enum.StrEnum):
    """What a run says about a build."""

    GO = "GO"
    NO_GO = "NO-GO"
    HOLD = "HOLD"


class Nature(enum.StrEnum):
    """Whether evidence was seen in behaviour, or read off a structure (a catalogue, a document)."""

    BEHAVIOURAL = "behavioural"
    STRUCTURAL = "structural"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value that shows nowhere: not in `repr`, `str` or a format string."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "<secret>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A named user and its credential.

    `name` is the role in this run ("alice", "bob", "fuzz"); `subject` is who the target says it is, if known.
    `headers` and `cookies` are what a request of this user carries; they are secret. `claims` are the claims of a
    minted token, so that a forgery can differ from it in exactly one thing.
    """

    name: str
    subject: str | None = None
    headers: Headers = field(default=(), repr=False)
    cookies: Headers = field(default=(), repr=False)
    claims: Mapping[str, Any] | None = field(default=None, repr=False)
    token: Secret | None = None
    password: Secret | None = None


ANONYMOUS = Identity(name="anonymous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operation: `location` is path, query, header or cookie; `schema` is JSON Schema."""

    name: str
    location: str
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A declared body: media type and, where there is one, its resolved JSON Schema."""

    media_type: str
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResponse:
    """What a document promises for one status ("200", "4XX", "default")."""

    status: str
    bodies: tuple[Body, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method and path template of a document.

    `id` is "METHOD /path/{template}", which is how scenarios, findings and matrices name it. `secured` says whether
    the document asks for a credential here (None: the document does not say).
    """

    method: str
    path: str
    summary: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Body, ...] = ()
    body_required: bool = False
    responses: tuple[DeclaredResponse, ...] = ()
    secured: bool | None = None
    line: int = 1

    @property
    def id(self) -> str:
        """The name of the operation: method, space, path template."""
        return f"{self.method} {self.path}"

    def declared(self, status: int) -> DeclaredResponse | None:
        """Return the declaration that covers `status`: exact, then a range such as 4XX, then default."""
        by_status = {response.status.upper(): response for response in self.responses}
        return by_status.get(str(status)) or by_status.get(f"{status // 100}XX") or by_status.get("DEFAULT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for, without any credential.

    `target` is the path and query as sent; `operation` is the id of the operation it belongs to, if any.
    `unauthenticated_ok` is no permission: it only tells the recorder not to add a credential.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    operation: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of the header, whatever its case."""
        return _first(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: status, headers as received (order and repeats kept), body up to the limit of the client."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    truncated: bool = False

    def header(self, name: str) -> str | None:
        """Return the first value of the header, whatever its case."""
        return _first(self.headers, name)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the header in the order received."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


def _first(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response, or why there was none.

    Times are seconds: `intended`, `sent` and `done` since the start of the run, `at` since the epoch. `user` is the
    name of the identity whose credential was sent ("anonymous" for none), `subject` its subject, if known; `forged` names a forged credential;
    `purpose` says in a word what the request was for (create, control, attempt, read-back, load, fuzz...);
    `phase` is the check id or the phase that sent it.
    """

    id: str
    user: str
    request: Request
    response: Response | None = None
    error: str | None = None
    intended: float = 0.0
    sent: float = 0.0
    done: float = 0.0
    at: float = 0.0
    forged: str | None = None
    purpose: str = ""
    phase: str = ""
    subject: str | None = None

    @property
    def status(self) -> int | None:
        """The status of the response, None where there was none."""
        return None if self.response is None else self.response.status

    @property
    def ok(self) -> bool:
        """Whether a response with a 2xx status came back."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def body(self) -> bytes:
        """The body received, empty where there was none."""
        return b"" if self.response is None else self.response.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a matrix in the report: matrix "isolation" (operation x owner > stranger) or "tokens" (operation x forgery)."""

    matrix: str
    row: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One judged fact.

    `subject` is what it speaks of (an operation id, a header, a resource); `sentence` reads well alone; `exchanges`
    are ids in the order of the steps (create, control, attempt, read-back); `reason` is a code for INCONCLUSIVE and
    SKIPPED (`quota`, `no-control`, `not-offered`, `not-applicable`, `not-seen`, `target-down`, ...). `users` are
    names of identities, attacker last. `severity` overrides that of the check.
    """

    subject: str
    outcome: Outcome
    sentence: str
    exchanges: tuple[str, ...] = ()
    reason: str | None = None
    users: tuple[str, ...] = ()
    operation: str | None = None
    cell: Cell | None = None
    nature: Nature = Nature.BEHAVIOURAL
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a check must be offered before it can say anything.

    `users`: how many distinct identities; `operations`: resource verbs that one resource must have (create, read, list,
    search, update, delete, action); `features`: names of capabilities of a lab (`Lab.features`), for example
    "minter", "document", "limits", "request-id", "load", "database", "processes".
    `drains` marks a check that uses up a quota (runs last, never on production); `exclusive` one that must run alone.
    `writes` is False only for a check that creates and changes nothing; `slow` marks one that the quick profile leaves out.
    """

    users: int = 1
    operations: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    drains: bool = False
    exclusive: bool = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One scheduled arrival of a load run.

    Times are seconds since the start of the load; `started` and `done` are None for an arrival that was never sent or
    never answered. `ok` says whether the answer was the declared success (for lists and searches a non-empty one too).
    `kind` is "ok", "wrong" (another status), "empty", "server-error", "timeout", "unsent", "limited" (expected 429).
    """

    operation: str
    intended: float
    started: float | None = None
    done: float | None = None
    status: int | None = None
    kind: str = "ok"

    @property
    def ok(self) -> bool:
        """Whether the arrival ended in the declared success."""
        return self.kind == "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRun:
    """What a load phase did: every arrival, how honest the generator was, and any response that held a foreign marker."""

    samples: tuple[Sample, ...]
    seconds: float
    asked_rate: float
    lateness_p99: float
    generator_cpu: float
    error: str | None = None
    leaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A threshold: `metric comparison limit`, decided with a one-sided `confidence` and at least `minimum` samples."""

    name: str
    metric: str
    comparison: str
    limit: float
    unit: str = ""
    confidence: float = 0.95
    minimum: int = 1
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """How a gate came out: observed value with its interval and n, and one sentence (margin, or samples still needed)."""

    gate: Gate
    outcome: Outcome
    observed: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    sentence: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted finding: by fingerprint, with a reason, an owner and an expiry (ISO date)."""

    fingerprint: str
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A FAILED observation as a reader meets it."""

    check: Check
    observation: Observation
    severity: Severity
    fingerprint: str
    waiver: Waiver | None = None

    @property
    def id(self) -> str:
        """A short stable name: the family's first three letters and the head of the fingerprint, e.g. ISO-a91f02."""
        return f"{self.check.family[:3].upper()}-{self.fingerprint[:6]}"


def fingerprint(check: Check, observation: Observation) -> str:
    """Return 16 hex digits from check, subject, operation and user roles: never from generated data."""
    parts: Sequence[str] = (check.id, observation.subject, observation.operation or "", ">".join(observation.users))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is tested: base URL (scheme, host, port, maybe a prefix), its document and who it says it is."""

    base_url: str
    operations: tuple[Operation, ...] = ()
    document_digest: str | None = None
    version: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the timeline of a run: seconds since its start, the phase, and a sentence."""

    at: float
    phase: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanup:
    """What became of one created object: as whom, which, and whether it is gone ("deleted", "gone", "left", "not-deletable")."""

    user: str
    resource: str
    id: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision with everything that led to it."""

    decision: Decision
    reasons: tuple[str, ...]
    gates: tuple[GateResult, ...]
    findings: tuple[Finding, ...]
    waived: int = 0

    @property
    def exit_code(self) -> int:
        """0 GO, 1 NO-GO, 10 HOLD."""
        return {Decision.GO: 0, Decision.NO_GO: 1, Decision.HOLD: 10}[self.decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything one run knows at its end; bundles are written from it and reports from bundles."""

    id: str
    seed: int
    profile: str
    command: str
    scenario_name: str
    scenario_digest: str
    scenario_text: str
    started: float
    ended: float
    target: Target
    results: tuple[Result, ...]
    exchanges: tuple[Exchange, ...]
    timeline: tuple[Step, ...]
    cleanup: tuple[Cleanup, ...]
    load: LoadRun | None
    verdict: Verdict
    interrupted: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    document: str | None = None
