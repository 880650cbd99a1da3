"""The places where a bench can be changed: its session, its users, and what stands before the service."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.client import Client
from harness.model import Response
from harness.transport import HttpTransport, RawTransport, TransportFailure
from harness.transport.decoding import LIMIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from harness.calibrate.middle import Middle
    from harness.lab import Session
    from harness.model import Exchange, Headers, Identity, Request
    from harness.scenario import Scenario
    from harness.scenario.schema import SignupSpec


def _nothing(_session: Session) -> None:
    return None


def _always(_scenario: Scenario) -> bool:
    return True


def _nobody(_scenario: Scenario) -> Middle | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a bench differs from an ordinary one.

    `title` says what is different. `tamper` does it to the session before the first request, `middle` stands between
    harness and service, `around` is open while the checks run; `applies` tells where it can be done.
    """

    title: str
    tamper: Callable[[Session], None] = _nothing
    middle: Callable[[Scenario], Middle | None] = _nobody
    around: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext
    applies: Callable[[Scenario], bool] = _always


@dataclass(frozen=True, slots=True, kw_only=True)
class Meddling(Client):
    """A client that waits no longer than `patience` seconds, and does something more after each exchange."""

    afterwards: Callable[[Client, Identity, Exchange], Awaitable[None]]
    patience: float = 20.0

    async def send(
        self,
        identity: Identity,
        request: Request,
        *,
        purpose: str = "",
        raw: bool = False,
        keep: bool = False,
        timeout: float = 20.0,  # noqa: ASYNC109 -- the signature of Client.send
        limit: int = LIMIT,
        forged: str | None = None,
    ) -> Exchange:
        """Send, then meddle."""
        bound = min(timeout, self.patience)
        exchange = await Client.send(
            self, identity, request, purpose=purpose, raw=raw, keep=keep, timeout=bound, limit=limit, forged=forged
        )
        await self.afterwards(self, identity, exchange)
        return exchange


def meddle(
    session: Session,
    afterwards: Callable[[Client, Identity, Exchange], Awaitable[None]],
    *,
    patience: float = 20.0,
) -> None:
    """Let something happen after each exchange of the session."""
    client = session.client
    session.client = Meddling(
        policy=client.policy,
        recorder=client.recorder,
        http=client.http,
        raw=client.raw,
        afterwards=afterwards,
        patience=patience,
    )
    session.introductions.client = session.client


def hasten(session: Session) -> None:
    """Let no request wait for longer than two seconds: for targets that never answer in time."""

    async def leave(_client: Client, _user: Identity, _exchange: Exchange) -> None:
        return None

    meddle(session, leave, patience=2.0)


class Filtered(HttpTransport):
    """A transport behind which each response is changed, as by a proxy."""

    def __init__(self, inner: HttpTransport, change: Callable[[Response], Response]) -> None:
        self._inner = inner
        self._change = change

    async def send(
        self,
        request: Request,
        headers: Headers,
        *,
        timeout: float,  # noqa: ASYNC109 -- the signature of HttpTransport.send
        limit: int = LIMIT,
    ) -> Response:
        """Send, and change what comes back."""
        return self._change(await self._inner.send(request, headers, timeout=timeout, limit=limit))

    def ease(self, connections: int) -> None:
        """Send at most so many requests at once."""
        self._inner.ease(connections)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


class FilteredRaw(RawTransport):
    """As `Filtered`, for requests that are sent byte for byte."""

    def __init__(self, inner: RawTransport, change: Callable[[Response], Response]) -> None:
        self._inner = inner
        self._change = change

    async def send(
        self,
        payload: bytes,
        *,
        method: str,
        timeout: float,  # noqa: ASYNC109 -- the signature of RawTransport.send
        keep: bool = False,
        limit: int = LIMIT,
    ) -> Response:
        """Send, and change what comes back."""
        return self._change(await self._inner.send(payload, method=method, timeout=timeout, keep=keep, limit=limit))

    async def burst(
        self,
        payloads: Sequence[tuple[bytes, str]],
        *,
        timeout: float,  # noqa: ASYNC109 -- the signature of RawTransport.burst
        between: Callable[[], Awaitable[None]] | None = None,
    ) -> list[Response | TransportFailure]:
        """Send all at one moment, and change what comes back."""
        answers = await self._inner.burst(payloads, timeout=timeout, between=between)
        return [self._change(answer) if isinstance(answer, Response) else answer for answer in answers]

    def ease(self, at_once: int) -> None:
        """Send at most so many of a burst at one moment."""
        self._inner.ease(at_once)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


def behind(session: Session, change: Callable[[Response], Response]) -> None:
    """Put the session behind a proxy that changes each response."""
    client = session.client
    session.client = Client(
        policy=client.policy,
        recorder=client.recorder,
        http=Filtered(client.http, change),
        raw=FilteredRaw(client.raw, change),
    )
    session.introductions.client = session.client


def introduced(session: Session, change: Callable[[Identity], Awaitable[Identity]]) -> None:
    """Change each user who is introduced, and the credential of each newcomer."""
    sound, newest = session.introductions.introduce, session.introductions.newcomer

    async def introduce(name: str, claims: Mapping[str, Any] | None = None) -> Identity:
        return await change(await sound(name, claims))

    async def newcomer(name: str, spec: SignupSpec | None = None) -> Identity | None:
        user = await newest(name, spec)
        if user is None:
            return None
        changed = await change(user)
        return replace(changed, username=user.username, password=user.password, subject=user.subject)

    setattr(session.introductions, "introduce", introduce)  # noqa: B010 -- sabotage, which no type checker may help
    setattr(session.introductions, "newcomer", newcomer)  # noqa: B010 -- as above
