"""The only sender: identity and request in, recorded exchange out."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from harness.model import ANONYMOUS, Exchange, Headers, Identity, Request, Response
from harness.recording import shortened
from harness.transport import HttpTransport, RawTransport, TransportFailure, serialise
from harness.transport.decoding import LIMIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from harness.policy import Policy
    from harness.recording import Recorder

TIMEOUT = 20.0
GRACE = 10.0
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
T = TypeVar("T")
HELD = 128 * 1024
phase: contextvars.ContextVar[str] = contextvars.ContextVar("phase", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Sends requests of identities through the policy, and records every exchange.

    `afford` is asked before requests of a user leave (how many, what for), and raises where they cost too much.
    """

    policy: Policy
    recorder: Recorder
    http: HttpTransport
    raw: RawTransport
    afford: Callable[[Identity, int, str], None] = lambda _user, _count, _purpose: None

    def ease(self, at_once: int) -> None:
        """Send at most so many requests at once from now on, bursts included."""
        self.http.ease(at_once)
        self.raw.ease(at_once)

    async def send(
        self,
        identity: Identity,
        request: Request,
        *,
        purpose: str = "",
        raw: bool = False,
        keep: bool = False,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the bound of one exchange
        limit: int = LIMIT,
        forged: str | None = None,
    ) -> Exchange:
        """Send one request as `identity`; what goes wrong on the way is in `Exchange.error`, never raised.

        `raw` sends it byte for byte, on a connection of its own unless `keep`. Of a body `limit` bytes are read.

        Raises OutOfScope or BudgetExhausted when the policy does not let it leave.
        """
        intended = self.recorder.now()
        if forged is None:
            self.afford(identity, 1, purpose)
        await self.policy.permit(request)
        sent, at = self.recorder.now(), time.time()

        async def exchange() -> Exchange:
            answer = await self._answer(identity, request, raw=raw, keep=keep, timeout=timeout, limit=limit)
            return self._record(
                identity, request, answer, intended=intended, sent=sent, at=at, purpose=purpose, forged=forged
            )

        return await (exchange() if request.method in SAFE else completed(exchange()))

    async def _answer(
        self,
        identity: Identity,
        request: Request,
        *,
        raw: bool,
        keep: bool,
        timeout: float,  # noqa: ASYNC109 - the bound of one exchange
        limit: int,
    ) -> Response | TransportFailure:
        headers = credentialed(identity, request.headers)
        try:
            if raw:
                payload = serialise(request, headers, self.policy.origin.authority, keep=keep)
                return await self.raw.send(payload, method=request.method, timeout=timeout, keep=keep, limit=limit)
            return await self.http.send(request, headers, timeout=timeout, limit=limit)
        except TransportFailure as failure:
            return failure

    async def burst(
        self,
        shots: Sequence[tuple[Identity, Request]],
        *,
        purpose: str = "burst",
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the bound of each exchange
        between: Callable[[], Awaitable[None]] | None = None,
    ) -> list[Exchange]:
        """Send all at one moment over connections of their own; returns exchanges in the order of `shots`.

        `between` is what happens while they are on their way, all but their last bytes. The requests are debited
        together, and not paced.
        """
        self._afford_all(shots, purpose)
        for _, request in shots:
            self.policy.check(request)
        self.policy.budget.debit(len(shots))
        authority = self.policy.origin.authority
        payloads = [
            (serialise(request, credentialed(identity, request.headers), authority), request.method)
            for identity, request in shots
        ]
        sent, at = self.recorder.now(), time.time()
        answers = await self.raw.burst(payloads, timeout=timeout, between=between)
        return [
            self._record(identity, request, answer, intended=sent, sent=sent, at=at, purpose=purpose)
            for (identity, request), answer in zip(shots, answers, strict=True)
        ]

    async def gather(
        self,
        shots: Sequence[tuple[Identity, Request]],
        *,
        concurrency: int,
        purpose: str = "",
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the bound of each exchange
    ) -> list[Exchange]:
        """Send over pooled connections, at most `concurrency` at a time, unpaced.

        Returns exchanges in the order of `shots`, with bodies of at most `HELD` bytes: there may be many of them.
        """
        self._afford_all(shots, purpose)
        slots = asyncio.Semaphore(concurrency)

        async def one(identity: Identity, request: Request) -> Exchange:
            async with slots:
                self.policy.check(request)
                self.policy.budget.debit(1)
                sent, at = self.recorder.now(), time.time()
                try:
                    answer: Response | TransportFailure = await self.http.send(
                        request, credentialed(identity, request.headers), timeout=timeout
                    )
                except TransportFailure as failure:
                    answer = failure
                said = self._record(identity, request, answer, intended=sent, sent=sent, at=at, purpose=purpose)
                return shortened(said, HELD)

        return await asyncio.gather(*(one(identity, request) for identity, request in shots))

    def _afford_all(self, shots: Sequence[tuple[Identity, Request]], purpose: str) -> None:
        for identity, count in Counter(identity.name for identity, _ in shots).items():
            self.afford(next(each for each, _ in shots if each.name == identity), count, purpose)

    def _record(
        self,
        identity: Identity,
        request: Request,
        answer: Response | TransportFailure,
        *,
        intended: float,
        sent: float,
        at: float,
        purpose: str,
        forged: str | None = None,
    ) -> Exchange:
        failed = isinstance(answer, TransportFailure)
        exchange = Exchange(
            id=self.recorder.next_id(),
            user=identity.name,
            request=request,
            response=None if isinstance(answer, TransportFailure) else answer,
            error=f"{answer.kind}: {answer.detail}" if failed and isinstance(answer, TransportFailure) else None,
            intended=intended,
            sent=sent,
            done=self.recorder.now(),
            at=at,
            forged=forged,
            purpose=purpose,
            phase=phase.get(),
            subject=identity.subject,
        )
        self.recorder.record(exchange)
        return exchange

    async def aclose(self) -> None:
        """Close every connection."""
        await self.http.aclose()
        await self.raw.aclose()


async def completed(work: Coroutine[Any, Any, T]) -> T:
    """Wait for work that must not be cut in two: when cancelled, it may take GRACE seconds to end before that counts.

    What a target has created and nobody has read the answer of could never be removed.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=GRACE)
        task.cancel()
        raise


def credentialed(identity: Identity, headers: Headers) -> Headers:
    """Return the headers with the identity's credential; what the request says itself wins, cookie by cookie."""
    given = {name.lower() for name, _ in headers}
    own = tuple((name, value) for name, value in identity.headers if name.lower() not in given)
    said = "; ".join(value for name, value in headers if name.lower() == "cookie")
    spoken = {pair.partition("=")[0].strip() for pair in said.split(";")}
    missing = [f"{name}={value}" for name, value in identity.cookies if name not in spoken]
    if not missing:
        return (*own, *headers)
    rest = tuple((name, value) for name, value in headers if name.lower() != "cookie")
    return (*own, ("Cookie", "; ".join([*missing, said] if said else missing)), *rest)


__all__ = ["ANONYMOUS", "Client", "completed", "credentialed", "phase"]
