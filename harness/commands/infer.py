"""From a URL to a scenario: fetch the document, infer, and say what every inference rests on."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness import engine
from harness.commands.challenge import challenged, spelled
from harness.commands.places import DOCUMENTS, hinted_places
from harness.commands.proving import carried_otherwise, closed, introduced, let_in, proved
from harness.commands.signing_up import with_what_is_missing
from harness.engine import preflight
from harness.errors import ConfigurationError
from harness.evidence.redact import Redactor
from harness.identities import UserRefused
from harness.openapi import infer
from harness.scenario import Scenario, write_scenario
from harness.scenario.schema import (
    CredentialSpec,
    FuzzSpec,
    LoadOperation,
    LoadSpec,
    TargetSpec,
    TracingSpec,
    UsersSpec,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from harness.client import Client
    from harness.openapi import Document, Inference, InferredUsers

BLANK = Scenario(name="inferred")
LONGEST_SEARCH = 30.0
LONGEST_TRIAL = 60.0
MOST_TRIALS = 8
RATE = 60.0  # requests a second: within the ten of the quick profile they tell about a share of stalls of 0.5 %


class NoDocument(ConfigurationError):
    """The target has no OpenAPI document at the usual places, or at the one that was named."""


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """A scenario with what it rests on."""

    scenario: Scenario
    text: str
    understood: int
    operations: int
    unclear: Mapping[str, str]


async def infer_scenario(
    url: str,
    folder: Path,
    *,
    document: str | None = None,
    given: Callable[[Scenario], Scenario] = lambda scenario: scenario,
    tries: bool = True,
) -> Inferred:
    """Return the scenario that the OpenAPI document of `url` suggests.

    With `tries`, users try it: the `given` ones, who are put into a scenario by that, else one who signs up.
    Raises NoDocument when there is no document at the usual places (or at `document`).
    """
    options = engine.Options(
        url=url, scenario=BLANK, scenario_text="", folder=folder, redactor=Redactor(), run_id="infer", seed=0
    )
    problems: list[str] = []
    async with engine.opened(options) as session:
        async for place in _places(session.client, document):
            target = TargetSpec(document=place)
            known, seen = await preflight.read_document(
                session.client, BLANK.model_copy(update={"target": target}), folder
            )
            if known is not None:
                found = await _asked(session.client, infer(known))
                if tries:
                    found = await _tried(options, known, await closed(session.client, found), place, given)
                return _inferred(known, found, place)
            problems.append(seen.sentence)
            if "refused" in seen.sentence:
                break
    others = f" ({len(problems) - 1} other usual places were tried)" if len(problems) > 1 else ""
    raise NoDocument(f"{url}: no OpenAPI document found{others}: {problems[0]}")


async def _places(client: Client, document: str | None) -> AsyncIterator[str]:
    """Yield where to look: at the one place that is named, else at the usual ones and where the target points to.

    A target that lets everybody wait is looked at for LONGEST_SEARCH seconds.
    """
    if document is not None:
        yield document
        return
    until = asyncio.get_running_loop().time() + LONGEST_SEARCH
    for place in DOCUMENTS:
        if asyncio.get_running_loop().time() < until:
            yield place
    async for place in hinted_places(client, until=until):
        yield place


async def _asked(client: Client, found: Inference) -> Inference:
    """Where the document does not say how credentials are carried, the target's own refusal may."""
    told = await (challenged if found.users.credential is None else spelled)(client, found)
    if told is None:
        return found
    carrier, evidence = told
    return replace(found, users=replace(found.users, credential=carrier, evidence=(*found.users.evidence, evidence)))


async def _tried(
    options: engine.Options, document: Document, found: Inference, place: str, given: Callable[[Scenario], Scenario]
) -> Inference:
    """Let a user try what is inferred, with one way to carry a credential after the other until it is let in.

    A sign-up that is refused is tried again with what the refusal names. What is not known after LONGEST_TRIAL seconds
    stays as the document has it.
    """
    candidates = list(carried_otherwise(found))
    sure = len(candidates) == 1
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_TRIAL):
            for _ in range(MOST_TRIALS):
                if not candidates:
                    break
                candidate, *candidates = candidates
                draft = _inferred(document, candidate, place)
                scenario = given(draft.scenario)
                async with engine.opened(replace(options, scenario=scenario, scenario_text=draft.text)) as session:
                    try:
                        user = await introduced(session)
                    except UserRefused as refused:
                        candidates += with_what_is_missing(document, candidate, refused.exchange)
                        continue
                    if user is not None and (sure or await let_in(session, user, candidate)):
                        return await proved(session, user, candidate)
    return found


def _inferred(document: Document, found: Inference, place: str) -> Inferred:
    users = found.users
    scenario = Scenario(
        name="inferred",
        description=document.title,
        target=TargetSpec(
            document=place,
            ready=found.ready,
            version=found.version,
            metrics=found.metrics,
            public=list(found.public),
            exclude=list(found.excluded),
            destructive=list(found.destructive),
        ),
        users=UsersSpec(
            credential=users.credential or CredentialSpec(),
            signup=users.signup,
            login=users.login,
            **_who_am_i(users),
            change_password=users.change_password,
            forgot_password=list(users.forgot_password),
            logout=users.logout,
            delete_account=users.delete_account,
            account=list(users.account),
            privileged=list(users.privileged),
        ),
        resource=[each.spec for each in found.resources],
        tracing=TracingSpec(header=found.request_id, echo=False) if found.request_id else None,
        errors=found.errors,
        load=_load(found),
        fuzz=None if document.recorded else FuzzSpec(),
    )
    notes = {
        f"resource:{each.spec.name}": (*each.evidence, *(f"assumed: {line}" for line in each.assumed))
        for each in found.resources
    }
    notes[""] = (
        f"Inferred from {place} ({document.title} {document.version}); correct what is wrong.",
        *found.evidence,
        *found.problems,
        *(users.evidence if scenario.users == UsersSpec() else ()),
    )
    notes["users"] = users.evidence
    return Inferred(
        scenario=scenario,
        text=write_scenario(scenario, notes=notes),
        understood=len(found.understood),
        operations=len(document.operations),
        unclear=found.not_understood,
    )


def _who_am_i(users: InferredUsers) -> dict[str, Any]:
    return {"whoami": users.who_am_i[0].call, "whoami_id": users.who_am_i[0].where} if users.who_am_i else {}


def _load(found: Inference) -> LoadSpec | None:
    mix = [
        LoadOperation(resource=each.spec.name, verb=verb)
        for each in found.resources
        for verb in ("list", "read")
        if each.spec.create and each.spec.calls(verb)
    ]
    return LoadSpec(rate=RATE, mix=mix[:4]) if mix else None
