"""What a run leaves alone where real users are: what it has not created, everybody's limits, the users themselves."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from harness import requests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.lab.ledger import Ledger
    from harness.model import Request
    from harness.scenario import Scenario
    from harness.scenario.schema import TargetSpec

# What would load a service, use up its limits, write at random, or end users and their sessions.
WITHHELD = frozenset(
    {"load", "plenty", "fuzz", "small-limit", "lockout", "change-password", "logout", "delete-account"}
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_production(target: TargetSpec, host: str) -> bool:
    """Whether real users are there: the scenario says so, or the host has a name that it lists as production."""
    name = host.lower()
    return target.environment == "production" or any(
        fnmatch.fnmatchcase(name, each.lower()) for each in target.production
    )


def foreign_write(scenario: Scenario, ledger: Ledger, request: Request) -> str | None:
    """Return why a request must not leave on production: it may write to what this run has not created."""
    path = unquote(request.target.partition("?")[0])
    if request.method in SAFE or any(path == place or path.startswith(f"{place}/") for place in ledger.places):
        return None
    operation = request.operation or ""
    if operation in _harmless(scenario):
        return None
    named = _named(request)
    for resource in scenario.resource:
        verbs = {call.operation: verb for verb in _WRITES for call in resource.calls(verb)}
        verbs |= {call.operation: "create" for call in (resource.create_public,) if call is not None}
        owner = resource.parent if verbs.get(operation) == "create" else resource.name
        if operation in verbs and (owner is None or ledger.ids(owner) & named):
            return None
    return "on production nothing is written to what this run has not created"


_WRITES = ("create", "update", "delete", "action", "bulk", "admit")


def _harmless(scenario: Scenario) -> set[str]:
    """Return the operations that write nothing by what the scenario says, or only make a user or a session."""
    users = scenario.users
    entries = (users.signup, users.login, users.whoami)
    looks = (
        call for resource in scenario.resource for verb in ("list", "search", "read") for call in resource.calls(verb)
    )
    return {call.operation for call in (*entries, *looks) if call is not None}


def _named(request: Request) -> set[str]:
    """Return every value that a request names, in its path, query and body."""
    path, _, query = request.target.partition("?")
    body = requests.parsed(request.body)
    values: Iterable[Any] = requests.values(body) if body is not requests.MISSING else ()
    form = (
        [value for _, value in parse_qsl(request.body.decode("utf-8", "replace"))] if body is requests.MISSING else []
    )
    pairs = [value for _, value in parse_qsl(query)]
    return {*(unquote(part) for part in path.split("/")), *map(str, values), *pairs, *form}
