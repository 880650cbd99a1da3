"""Documented reads that need nothing but a credential: no identifier, no parameter, nothing of what users create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.scenario.schema import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab.session import Session


def plain_reads(session: Session) -> Iterator[str]:
    """Walk the GETs that the document asks a credential for, but those that end a session or are for another role."""
    scenario = session.scenario
    set_apart = {*scenario.target.public, *scenario.target.destructive, *scenario.users.privileged}
    set_apart |= {call.operation for spec in scenario.resource for verb in VERBS for call in spec.calls(verb)}
    for operation in session.operations:
        needs = any(one.required for one in operation.parameters if one.location in {"path", "query"})
        fits = operation.method == "GET" and operation.secured is True and "{" not in operation.path
        if fits and not needs and operation.id not in set_apart:
            yield operation.id
