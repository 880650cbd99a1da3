"""What must exist before the steps of a finding, and what is deleted after them, as the run recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports._captures import identifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Exchange, Run

_DEEPEST = 5


def parents(run: Run, shown: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return the creations, outermost first, of what the steps speak of or lie below and do not create themselves."""
    first = min(exchange.sent for exchange in shown)
    creations = [each for each in run.exchanges if each.sent <= first and _creates(each) and each not in shown]
    needed: list[Exchange] = []
    made = [place for each in shown if _creates(each) for place in _places(each)]
    wanted = [each for each in shown if not any(_below(_path(each), place) for place in made)]
    for _ in range(_DEEPEST):
        found = [each for each in creations if each not in needed and _is_parent(each, wanted)]
        if not found:
            break
        needed = [*found[-1:], *needed]
        wanted = found[-1:]
    return tuple(needed)


def deletions(run: Run, shown: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return the recorded clean-up of what the steps create, in its order."""
    created = {(each.user, place) for each in shown if _creates(each) for place in _places(each)}
    return tuple(each for each in run.exchanges if each.purpose == "cleanup" and (each.user, _path(each)) in created)


def _creates(exchange: Exchange) -> bool:
    return exchange.ok and exchange.request.method in {"POST", "PUT"} and exchange.purpose == "create"


def _is_parent(creation: Exchange, children: Sequence[Exchange]) -> bool:
    return any(_below(_path(child), place) for place in _places(creation) for child in children)


def _below(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _places(creation: Exchange) -> list[str]:
    """Where the created object is found: the collection it was posted to, and its identifier."""
    return [f"{_path(creation).rstrip('/')}/{identifier}" for identifier in identifiers(creation)]


def _path(exchange: Exchange) -> str:
    return exchange.request.target.partition("?")[0]
