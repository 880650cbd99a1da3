"""Whatever is created is gone at once, although the answer says that it was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.calibrate.changes import meddle
from harness.calibrate.sabotage._base import Sabotage
from harness.lab.resource import identifier

if TYPE_CHECKING:
    from harness.client import Client
    from harness.lab import Session
    from harness.model import Check, Exchange, Identity

GIVEN = frozenset({"isolation/given_objects"})
"""Looks at what users have without having created it."""


def lose(session: Session, *, only: str | None = None) -> None:
    """Delete each object right after its creation; of one user only, if one is named."""
    specs = {spec.create.operation: spec for spec in session.scenario.resource if spec.create and spec.delete}

    async def remove(client: Client, user: Identity, exchange: Exchange) -> None:
        spec = specs.get(exchange.request.operation or "")
        if (
            spec is None
            or spec.create is None
            or spec.delete is None
            or not exchange.ok
            or only not in {None, user.name}
        ):
            return
        made = identifier(spec.create, exchange)
        parents = [part for part in exchange.request.target.split("/") if part.isdecimal()]
        await client.http.send(
            requests.build(spec.delete, {"id": made}, (*parents, made)),
            user.headers + _cookies(user),
            timeout=10.0,
        )

    meddle(session, remove)


def _cookies(user: Identity) -> tuple[tuple[str, str], ...]:
    return (("Cookie", "; ".join(f"{name}={value}" for name, value in user.cookies)),) if user.cookies else ()


def _affects(check: Check) -> bool:
    return check.family in {"isolation", "integrity"} and check.run is not None and check.id not in GIVEN


SABOTAGE = Sabotage(title="Creates are acknowledged and nothing is kept", tamper=lose, affects=_affects)
