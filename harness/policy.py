"""The only door: whether a request may leave, judged before its first byte."""

from __future__ import annotations

import asyncio
import ipaddress
import posixpath
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from harness.errors import BudgetExhausted, ConfigurationError, NotOnProduction, OutOfScope, TargetFailing

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Request

MAX_TARGET = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The one server that a run speaks to: scheme, host, port, and the path prefix of its base URL."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @classmethod
    def parse(cls, url: str) -> Origin:
        """Return the origin of an http or https URL; raise ConfigurationError for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            message = f"{url!r}: not a URL ({error}); expected something like https://staging.example.com"
            raise ConfigurationError(message) from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            message = (
                f"{url!r}: expected an http:// or https:// URL with a host, for example https://staging.example.com"
            )
            raise ConfigurationError(message)
        if parts.username or parts.password:
            message = "the URL holds a user name or password; give users with --user NAME=env:VAR instead"
            raise ConfigurationError(message)
        return cls(scheme=parts.scheme, host=parts.hostname, port=port, prefix=parts.path.rstrip("/"))

    @property
    def authority(self) -> str:
        """Host and port as the Host header wants them: the port only where it is not the default one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Scheme and authority, without a path."""
        return f"{self.scheme}://{self.authority}"

    @property
    def is_local(self) -> bool:
        """Whether it is this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(kw_only=True)
class Budget:
    """What a run may still spend: requests in all, seconds of wall clock, and requests a second."""

    requests: int
    seconds: float
    per_second: float
    clock: Callable[[], float] = time.monotonic
    spent: int = 0
    _started: float = field(init=False)
    _next: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock of the run."""
        self._started = self._next = self.clock()

    @property
    def left(self) -> int:
        """Requests that may still be sent."""
        return self.requests - self.spent

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self._started

    def debit(self, count: int) -> None:
        """Take `count` requests from the budget, all of them or none; raise BudgetExhausted."""
        if count > self.left:
            raise BudgetExhausted(
                f"the budget of {self.requests} requests is used up ({self.left} left, {count} wanted);"
                " raise safety.requests"
            )
        if self.elapsed > self.seconds:
            message = f"the time of {self.seconds:g} s is over; raise safety.seconds"
            raise BudgetExhausted(message)
        self.spent += count

    def refund(self, count: int) -> None:
        """Give back what was debited in advance and not sent."""
        self.spent -= count

    def pace(self) -> float:
        """Return how many seconds to wait before the next paced request, and take that place in the queue."""
        now = self.clock()
        slot = max(self._next, now - 1.0 / self.per_second)
        self._next = slot + 1.0 / self.per_second
        return max(0.0, slot - now)


@dataclass(kw_only=True)
class Policy:
    """Scope, budget and pacing; asked before every byte that leaves."""

    origin: Origin
    budget: Budget
    excluded: Callable[[str, str], str | None] = lambda _method, _target: None
    guard: Callable[[Request], str | None] = lambda _request: None
    read_only: bool = False
    stopped: str | None = None
    refused: list[str] = field(default_factory=list)

    def check(self, request: Request) -> None:
        """Raise OutOfScope, with the reason, for a request that must never be sent, TargetFailing for any if `stopped`.

        What `guard` names a reason for must not be sent where real users are: NotOnProduction.
        """
        if self.stopped is not None:
            raise TargetFailing(self.stopped)
        reason = self._reason(request)
        guarded = self.guard(request) if reason is None else None
        if reason is not None or guarded is not None:
            sentence = f"{request.method} {request.target[:200]}: {reason or guarded}; not sent"
            self.refused.append(sentence)
            raise (OutOfScope if guarded is None else NotOnProduction)(sentence)

    def admits(self, request: Request) -> bool:
        """Whether a request may be sent at all, so that what is only an attempt can be left out."""
        return self._reason(request) is None and self.guard(request) is None

    async def permit(self, request: Request, *, paced: bool = True) -> None:
        """Let one request through: in scope, paid for, and at its place in the queue."""
        self.check(request)
        self.budget.debit(1)
        wait = self.budget.pace() if paced else 0.0
        if wait > 0:
            await asyncio.sleep(wait)

    def _reason(self, request: Request) -> str | None:
        if not request.target.startswith("/"):
            return "the request target must be a path on the pinned host"
        if len(request.target) > MAX_TARGET:
            return f"the request target is longer than {MAX_TARGET} bytes"
        path = posixpath.normpath(unquote(request.target.partition("?")[0]))
        prefix = self.origin.prefix
        if prefix and not (path == prefix or path.startswith(prefix + "/")):
            return f"outside the base path {prefix}"
        if self.read_only and request.method not in {"GET", "HEAD", "OPTIONS"}:
            return "the run is read-only"
        return self.excluded(request.method, request.target)
