"""What must exist before the steps of a finding, and what is deleted after them, as the run recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports._captures import identifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Exchange, Run

_LONG = 8


def parents(run: Run, shown: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return the creations, in their order, of what the steps speak of or lie below and do not create themselves."""
    creations = [each for each in run.exchanges if _creates(each)]
    have = {each.id for each in shown}
    needed: list[Exchange] = []
    left = list(shown)
    while left:
        found = [each for each in _needed(left.pop(), creations) if each.id not in have]
        have |= {each.id for each in found}
        needed += found
        left += found
    return tuple(sorted(needed, key=lambda each: each.sent))


def _needed(child: Exchange, creations: Sequence[Exchange]) -> list[Exchange]:
    """Return what must exist before a request: of an identifier that was given twice, the later object."""
    path, said = _path(child), _said(child)
    latest: dict[str, Exchange] = {}
    for each in creations:
        if each.sent < child.sent:
            places = [place for place in _places(each) if path == place or path.startswith(f"{place}/")]
            named = [name for name in identifiers(each) if len(name) >= _LONG and name in said]
            latest |= dict.fromkeys([*places, *named], each)
    return list(latest.values())


def deletions(run: Run, shown: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return the recorded clean-up of what the steps create, in its order."""
    creations = [each for each in shown if _creates(each)]
    created = {(each.user, place) for each in creations for place in _places(each)}
    named = {(each.user, name) for each in creations for name in identifiers(each) if len(name) >= _LONG}
    return tuple(
        each
        for each in run.exchanges
        if each.purpose == "cleanup"
        and ((each.user, _path(each)) in created or (each.user, _path(each).rpartition("/")[2]) in named)
    )


def _creates(exchange: Exchange) -> bool:
    return exchange.ok and exchange.request.method in {"POST", "PUT"} and exchange.purpose == "create"


def _said(exchange: Exchange) -> str:
    """All that a request says; an identifier of some length in it is no coincidence."""
    return exchange.request.target + "\n" + exchange.request.body.decode("utf-8", "replace")


def _places(creation: Exchange) -> list[str]:
    """Where the created object is found: the collection it was posted to, and its identifier."""
    return [f"{_path(creation).rstrip('/')}/{identifier}" for identifier in identifiers(creation)]


def _path(exchange: Exchange) -> str:
    return exchange.request.target.partition("?")[0]
