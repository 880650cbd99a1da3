"""The answers of each user around a rate limit: from the facts of a run, else from the exchanges that met a 429."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Exchange, Run

_MOST = 600
_LIMITED = 429


def lane_rows(run: Run) -> list[dict[str, Any]]:
    """Return for each user its events: seconds, status and remaining quota; nothing where no 429 was seen."""
    given = run.facts.get("limit_lanes")
    if isinstance(given, list | tuple):
        return [row for row in given if isinstance(row, dict)]
    phases = [exchange.phase for exchange in run.exchanges if exchange.status == _LIMITED]
    if not phases:
        return []
    phase = max(set(phases), key=lambda name: (phases.count(name), name))
    seen = [exchange for exchange in run.exchanges if exchange.phase == phase and exchange.response is not None]
    users = dict.fromkeys(exchange.user for exchange in seen)
    return [
        {"user": user, "events": _events([exchange for exchange in seen if exchange.user == user])} for user in users
    ]


def _events(exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
    return [
        {"at": exchange.done, "status": exchange.status, "remaining": _remaining(exchange)}
        for exchange in exchanges[:_MOST]
    ]


def _remaining(exchange: Exchange) -> int | None:
    headers = exchange.response.headers if exchange.response is not None else ()
    return next((int(value) for name, value in headers if name.lower().endswith("remaining") and value.isdigit()), None)
