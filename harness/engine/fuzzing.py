"""The fuzz phase: a user and objects of its own, and what Schemathesis found about the contract."""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

from harness import fuzz
from harness.client import phase
from harness.engine.phases import FUZZ
from harness.expect import inconclusive
from harness.lab import Inconclusive, Lab
from harness.model import Result

if TYPE_CHECKING:
    from harness.lab import BoundResource, Session
    from harness.model import Identity, Operation

SECONDS = {"quick": 60.0, "ci": 180.0, "full": 600.0}
CASES = {"quick": 6, "ci": 20, "full": 100}
OBJECTS = 3
PATH_PARAMETER = re.compile(r"\{([^}]+)\}")


async def run_fuzz(session: Session, generators: dict[str, Identity]) -> Result:
    """Fuzz the document with one user of the run; what cannot be prepared is a result, never an exception."""
    spec, document = session.scenario.fuzz, session.document
    assert spec is not None  # noqa: S101 -- the plan asks for "fuzz" only where there is a section for it
    assert document is not None  # noqa: S101 -- and a document
    started = time.monotonic()
    lab = Lab(session=session, check_id=FUZZ.id, random=random.Random(session.seed))
    token = phase.set("fuzz-setup")
    try:
        user = await lab.new_user(
            "fuzz" if session.introductions.fresh else session.introductions.names[0], spec.claims
        )
        generators[user.name] = user
        exclude = [
            *session.scenario.target.exclude,
            *session.scenario.target.destructive,
            *_control_operations(session),
        ]
        values = await _existing(lab, user)
        profile = session.profile
        done = await fuzz.fuzz(
            session.client,
            document,
            user,
            spec.model_copy(update={"cases": min(spec.cases, CASES[profile]) if profile != "full" else spec.cases}),
            seed=session.seed,
            seconds=SECONDS[profile],
            exclude=exclude,
            values=values,
        )
    except Inconclusive as stop:
        return Result(check=FUZZ, observations=(inconclusive("fuzzing", stop.reason, stop.sentence),))
    finally:
        phase.reset(token)
    session.facts["fuzz"] = {"cases": done.cases}
    observed = tuple(fuzz.observations(done, document.operations, denied=session.scenario.users.privileged))
    return Result(check=FUZZ, observations=observed, seconds=time.monotonic() - started, requests=done.cases)


def _control_operations(session: Session) -> list[str]:
    """Operations that hand out or end credentials: a generator that calls them ends its own user."""
    users = session.scenario.users
    calls = (users.login, users.signup, users.logout, users.delete_account, users.change_password)
    return [call.operation for call in calls if call is not None]


async def _existing(lab: Lab, user: Identity) -> dict[str, dict[str, list[str | int]]]:
    """Create objects of the fuzz user, and return their identifiers by operation and path parameter."""
    values: dict[str, dict[str, list[str | int]]] = {}
    for resource in lab.resources_with("create"):
        objects = [await resource.create(user) for _ in range(OBJECTS)]
        for verb in ("create", "list", "search", "read", "update", "action", "delete"):
            for call in resource.spec.calls(verb):
                operation = lab.operation(call.operation)
                if operation is not None:
                    _values_of(resource, verb, operation, [owned.path_values for owned in objects], values)
    return values


def _values_of(
    resource: BoundResource,
    verb: str,
    operation: Operation,
    paths: list[tuple[object, ...]],
    values: dict[str, dict[str, list[str | int]]],
) -> None:
    names = PATH_PARAMETER.findall(operation.path)
    nested = verb in {"create", "list", "search"}
    for position, name in enumerate(reversed(names), start=1):
        known = [path[:-1] if nested else path for path in paths]
        found = [path[-position] for path in known if len(path) >= position]
        if found:
            values.setdefault(operation.id, {})[name] = list(dict.fromkeys(found))  # type: ignore[arg-type] -- identifiers are texts or integers
    call = resource.spec.calls(verb)[0]
    if isinstance(call.body, dict) and not names:
        for key, value in call.body.items():
            if value == "{id}":
                values.setdefault(operation.id, {})[f"body.{key}"] = [path[-1] for path in paths]  # type: ignore[misc]
