"""What caching checks share: which responses are private, and what they say to caches (RFC 9111)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.checks._watching import Seen
    from harness.lab import Lab
    from harness.model import Response

REFUSALS = (401, 404, 429)


def is_private(lab: Lab, seen: Seen) -> bool:
    """Whether this answers a private operation: a success for a credential, or a refusal that depends on who asks."""
    operation, exchange = seen.operation, seen.exchange
    if operation is None or operation.secured is False or operation.id in _open(lab):
        return False
    if exchange.forged is not None or exchange.request.method not in {"GET", "HEAD"}:
        return False
    return seen.response.status in REFUSALS or (exchange.user != "anonymous" and exchange.ok)


def _open(lab: Lab) -> frozenset[str]:
    target = lab.scenario.target
    return frozenset(
        each for each in (*target.public, target.ready, target.version, target.metrics) if each is not None
    )


def directives(response: Response) -> dict[str, str]:
    """Return the Cache-Control directives, lower case, with their arguments."""
    parts = [part.strip() for value in response.all("Cache-Control") for part in value.split(",")]
    pairs = [part.partition("=") for part in parts if part]
    return {name.strip().lower(): argument.strip().strip('"') for name, _, argument in pairs}


def seconds(argument: str | None) -> int:
    """Return the seconds of max-age or s-maxage, 0 for none."""
    return int(argument) if argument is not None and argument.isdecimal() else 0
