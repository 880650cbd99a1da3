"""Which credential a target asks for where its document does not say: its answer to somebody who brings none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness import requests
from harness.engine.preflight import GARBAGE
from harness.expect import differences, refusal
from harness.model import ANONYMOUS
from harness.scenario.schema import CredentialSpec

if TYPE_CHECKING:
    from harness.client import Client
    from harness.model import Exchange
    from harness.openapi import Inference

UNAUTHORIZED = 401
MOST = 8
PRIVATE = ("who am I", ": list")
WORDS = ("Token", "JWT", "ApiKey", "Key")
UNKNOWN = ("Harness", "Nobody", "Unheard")
CARRIERS = {scheme: CredentialSpec(template=f"{scheme.title()} {{credential}}") for scheme in ("bearer", "basic")}


async def challenged(client: Client, found: Inference) -> tuple[CredentialSpec, str] | None:
    """Ask for own things without a credential; return the first scheme that an answer asks for, and which one did."""
    for name in private(found):
        exchange = await client.send(ANONYMOUS, requests.plain(name), purpose="document")
        for scheme, carrier in CARRIERS.items() if exchange.status == UNAUTHORIZED else ():
            if scheme in _schemes(exchange):
                return carrier, f"credential: {name} answers 401 and asks for {scheme.title()}"
    return None


async def spelled(client: Client, found: Inference) -> tuple[CredentialSpec, str] | None:
    """Return the word before the credential, where the target itself knows another one than "Bearer".

    Garbage behind the right word is refused in other words than garbage behind a word that nobody has heard of.
    """
    carrier, names = found.users.credential, private(found)
    if carrier is None or carrier.header != "Authorization" or carrier.template != CARRIERS["bearer"].template:
        return None
    for name in names[:1]:
        unknown = [await _garbage(client, name, word) for word in UNKNOWN]
        if any(refusal(exchange) is None for exchange in unknown):
            return None
        if differences(await _garbage(client, name, "Bearer"), unknown):
            return None
        known = [word for word in WORDS if differences(await _garbage(client, name, word), unknown)]
        if len(known) == 1:
            told = (
                f"credential: {name} refuses garbage behind {known[0]} otherwise than behind Bearer or any other word"
            )
            return CredentialSpec(template=f"{known[0]} {{credential}}"), told
    return None


async def _garbage(client: Client, operation: str, word: str) -> Exchange:
    request = replace(requests.plain(operation), headers=(("Authorization", f"{word} {GARBAGE}"),))
    return await client.send(ANONYMOUS, request, purpose="document")


def private(found: Inference) -> list[str]:
    """Return a few plain requests for what is the caller's own; who-am-I first."""
    roles = found.understood.items()
    plain = [name for name, role in roles if role.endswith(PRIVATE) and name.startswith("GET ") and "{" not in name]
    return sorted(plain, key=lambda name: found.understood[name] != PRIVATE[0])[:MOST]


def _schemes(exchange: Exchange) -> set[str]:
    """Return the schemes of the challenges of an answer (RFC 9110, section 11.6.1)."""
    challenges = exchange.response.all("WWW-Authenticate") if exchange.response is not None else ()
    return {part.strip().partition(" ")[0].lower() for one in challenges for part in one.split(",")}
