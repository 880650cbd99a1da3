"""From a URL to a scenario: fetch the document, infer, and say what every inference rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import engine
from harness.engine import preflight
from harness.errors import ConfigurationError
from harness.evidence.redact import Redactor
from harness.model import Outcome
from harness.openapi import infer
from harness.scenario import Scenario, write_scenario
from harness.scenario.schema import FuzzSpec, LoadOperation, LoadSpec, TargetSpec, TracingSpec, UsersSpec

if TYPE_CHECKING:
    from pathlib import Path

    from harness.openapi import Document, Inference

DOCUMENTS = (
    "/openapi.json",
    "/openapi.yaml",
    "/swagger.json",
    "/v3/api-docs",
    "/api/openapi.json",
    "/docs/openapi.json",
)
BLANK = Scenario(name="inferred")


class NoDocument(ConfigurationError):
    """The target has no OpenAPI document at the usual places, or at the one that was named."""


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """A scenario with what it rests on."""

    scenario: Scenario
    text: str
    understood: int
    operations: int
    not_understood: tuple[str, ...]


async def infer_scenario(url: str, folder: Path, *, document: str | None = None) -> Inferred:
    """Return the scenario that the OpenAPI document of `url` suggests.

    Raises NoDocument when there is no document at the usual places (or at `document`).
    """
    options = engine.Options(
        url=url, scenario=BLANK, scenario_text="", folder=folder, redactor=Redactor(), run_id="infer", seed=0
    )
    async with engine.opened(options) as session:
        problems = []
        for place in (document,) if document else DOCUMENTS:
            target = TargetSpec(document=place)
            known, seen = await preflight.read_document(
                session.client, BLANK.model_copy(update={"target": target}), folder
            )
            if known is not None:
                return _inferred(known, infer(known), str(place))
            problems.append(seen)
            if seen.outcome is not Outcome.PASSED and "refused" in seen.sentence:
                break
    raise NoDocument(f"{url}: no OpenAPI document found: {problems[0].sentence}")


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
            credential=users.credential,
            signup=users.signup,
            login=users.login,
            whoami=users.whoami,
            whoami_id=users.whoami_id,
            change_password=users.change_password,
            logout=users.logout,
            delete_account=users.delete_account,
            privileged=list(users.privileged),
        ),
        resource=[each.spec for each in found.resources],
        tracing=TracingSpec(header=found.request_id, echo=False) if found.request_id else None,
        load=_load(found),
        fuzz=FuzzSpec(),
    )
    notes = {
        f"resource:{each.spec.name}": (*each.evidence, *(f"assumed: {line}" for line in each.assumed))
        for each in found.resources
    }
    notes[""] = (
        f"Inferred from {place} ({document.title} {document.version}); correct what is wrong.",
        *found.evidence,
        *found.problems,
    )
    notes["users"] = users.evidence
    return Inferred(
        scenario=scenario,
        text=write_scenario(scenario, notes=notes),
        understood=len(found.understood),
        operations=len(document.operations),
        not_understood=tuple(f"{operation}: {why}" for operation, why in found.not_understood.items()),
    )


def _load(found: Inference) -> LoadSpec | None:
    mix = [
        LoadOperation(resource=each.spec.name, verb=verb)
        for each in found.resources
        for verb in ("list", "read")
        if each.spec.create and each.spec.calls(verb)
    ]
    return LoadSpec(mix=mix[:4]) if mix else None
