"""The fuzz phase: a user and objects of its own, and what Schemathesis found about the contract."""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING, Any

from harness import fuzz
from harness.checks.isolation._given import own_documents, reads_by_variable, told
from harness.client import phase
from harness.engine.phases import FUZZ
from harness.expect import inconclusive
from harness.lab import Inconclusive, Lab
from harness.lab.resource import COLLECTION
from harness.model import Result
from harness.scenario.schema import VERBS

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.lab import Session
    from harness.model import Identity, Operation
    from harness.scenario.schema import Call

SECONDS = {"quick": 120.0, "ci": 180.0, "full": 600.0}
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
            brief=profile == "quick",
            exclude=exclude,
            values=values,
        )
        phase.set(fuzz.PHASE)
        done = await fuzz.sent_again(session.client, user, done)
    except Inconclusive as stop:
        return Result(check=FUZZ, observations=(inconclusive("fuzzing", stop.reason, stop.sentence),))
    finally:
        phase.reset(token)
    session.facts["fuzz"] = {"cases": done.cases}
    observed = tuple(fuzz.observations(done, document.operations, denied=session.scenario.users.privileged))
    return Result(check=FUZZ, observations=observed, seconds=time.monotonic() - started, requests=done.cases)


def _control_operations(session: Session) -> list[str]:
    """Operations that hand out or end credentials, or rename an account: a generator that calls them ends its user."""
    users = session.scenario.users
    renaming = [call for call in users.account if "{" not in call.operation]
    calls = (users.login, users.signup, users.logout, users.delete_account, users.change_password, *renaming)
    return [call.operation for call in calls if call is not None]


async def _existing(lab: Lab, user: Identity) -> dict[str, dict[str, list[str | int]]]:
    """Create objects of the fuzz user, and return their identifiers by operation and path parameter.

    A delete gets objects of its own, so that it takes nothing from under the others.
    """
    values: dict[str, dict[str, list[str | int]]] = {}
    for resource in lab.resources_with("create"):
        kept = [await resource.create(user) for _ in range(OBJECTS)]
        doomed = [await resource.create(user) for _ in range(OBJECTS)] if resource.spec.delete else []
        for verb in VERBS:
            for call in resource.spec.calls(verb):
                operation = lab.operation(call.operation)
                if operation is not None:
                    paths = [owned.path_values for owned in (doomed if verb == "delete" else kept)]
                    values.setdefault(operation.id, {}).update(_values_of(call, verb, operation, paths))
    return values | _own_identifier(lab, user, values) | await _given(lab, user)


def _values_of(call: Call, verb: str, operation: Operation, paths: list[tuple[Any, ...]]) -> dict[str, list[str | int]]:
    names = PATH_PARAMETER.findall(operation.path)
    known = [path[:-1] if verb in COLLECTION else path for path in paths]
    found: dict[str, list[str | int]] = {}
    for position, name in enumerate(reversed(names), start=1):
        here = [path[-position] for path in known if len(path) >= position]
        if here:
            found[name] = list(dict.fromkeys(here))
    if isinstance(call.body, dict) and not names:
        found |= {f"body.{key}": [path[-1] for path in paths] for key, value in call.body.items() if value == "{id}"}
    return found


async def _given(lab: Lab, user: Identity) -> dict[str, dict[str, list[str | int]]]:
    """Return identifiers of what the user has without having created it, for its read and what goes on below that."""
    reads = list(reads_by_variable(lab))
    documents = await own_documents(lab, user) if reads else {}
    values: dict[str, dict[str, list[str | int]]] = {}
    for read in reads:
        known = [each.value for each in told(read, documents)]
        below = (one for one in lab.operations if one.path == read.path or one.path.startswith(f"{read.path}/"))
        values |= {one.id: {PATH_PARAMETER.findall(read.path)[0]: known} for one in below if known}
    return values


def _own_identifier(lab: Lab, user: Identity, known: Collection[str]) -> dict[str, dict[str, list[str | int]]]:
    """Where an operation has one identifier and belongs to no resource, try that of the user."""
    if user.subject is None:
        return {}
    subject: str | int = int(user.subject) if user.subject.isdecimal() else user.subject
    others = (
        (operation, PATH_PARAMETER.findall(operation.path)) for operation in lab.operations if operation.id not in known
    )
    return {operation.id: {names[0]: [subject]} for operation, names in others if len(names) == 1}
