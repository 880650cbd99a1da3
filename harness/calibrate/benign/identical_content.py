"""Somebody else holds content byte for byte like Alice's, by right: he wrote it himself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.changes import meddle
from harness.client import credentialed

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.client import Client
    from harness.lab import Session
    from harness.model import Exchange, Identity, Request

OWNER, OTHER = "alice", "twin"


def also(session: Session, change: Callable[[Request], Request]) -> None:
    """Let another user create something after each creation of Alice's; what it is, `change` makes of her request."""
    creates = {
        spec.create.operation for spec in session.scenario.resource if spec.create is not None and spec.parent is None
    }
    others: list[Identity] = []

    async def create(client: Client, user: Identity, exchange: Exchange) -> None:
        if user.name != OWNER or not exchange.ok or exchange.request.operation not in creates:
            return
        if not others:
            others.append(await session.introductions.introduce(OTHER))
        request = change(exchange.request)
        await client.http.send(request, credentialed(others[0], request.headers), timeout=10.0)

    meddle(session, create)


def _tamper(session: Session) -> None:
    also(session, lambda request: request)


VARIANT = Variant(
    title="Somebody holds content byte-identical to Alice's",
    tamper=_tamper,
    touches=("isolation", "oracle", "integrity", "injection"),
)
