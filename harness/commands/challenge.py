"""Which credential a target asks for where its document does not say: its answer to somebody who brings none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.engine.preflight import control_request
from harness.model import ANONYMOUS
from harness.scenario.schema import CredentialSpec

if TYPE_CHECKING:
    from harness.client import Client
    from harness.model import Exchange
    from harness.openapi import Inference

UNAUTHORIZED = 401
MOST = 8
PRIVATE = ("who am I", ": list")
CARRIERS = {scheme: CredentialSpec(template=f"{scheme.title()} {{credential}}") for scheme in ("bearer", "basic")}


async def challenged(client: Client, found: Inference) -> tuple[CredentialSpec, str] | None:
    """Ask for own things without a credential; return the first scheme that an answer asks for, and which one did."""
    roles = found.understood.items()
    plain = [name for name, role in roles if role.endswith(PRIVATE) and name.startswith("GET ") and "{" not in name]
    for name in plain[:MOST]:
        exchange = await client.send(ANONYMOUS, control_request(name), purpose="document")
        for scheme, carrier in CARRIERS.items() if exchange.status == UNAUTHORIZED else ():
            if scheme in _schemes(exchange):
                return carrier, f"credential: {name} answers 401 and asks for {scheme.title()}"
    return None


def _schemes(exchange: Exchange) -> set[str]:
    """Return the schemes of the challenges of an answer (RFC 9110, section 11.6.1)."""
    challenges = exchange.response.all("WWW-Authenticate") if exchange.response is not None else ()
    return {part.strip().partition(" ")[0].lower() for one in challenges for part in one.split(",")}
