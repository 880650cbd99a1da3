"""A change that breaks clients of the last release (OWASP API9:2023, CWE-1059): the document against its baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.expect import failed, inconclusive, passed
from harness.lab import genuine
from harness.model import Nature, Needs, Severity
from harness.openapi import drift, parse_document
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

MOST = 20


@check(
    severity=Severity.MEDIUM,
    catches=["drift.baseline"],
    needs=Needs(features=("document", "baseline")),
    owasp="API9:2023",
    cwe=1059,
)
async def baseline(lab: Lab) -> AsyncIterator[Observation]:
    """Whatever the baseline document promised is promised still."""
    name, current = lab.scenario.target.baseline, lab.session.document
    assert name is not None  # noqa: S101 -- Needs(features=("document", "baseline"))
    assert current is not None  # noqa: S101
    structural = {"nature": Nature.STRUCTURAL}
    if lab.session.introductions.names:  # a document of a service that does not work is worth nothing
        await genuine(lab, await lab.user(lab.session.introductions.names[0]))
    try:
        text = (lab.session.introductions.vault.folder / name).read_text(encoding="utf-8")
        known = parse_document(text, where=name, prefix=lab.session.client.policy.origin.prefix or None)
    except (OSError, ValueError, ConfigurationError) as error:
        yield inconclusive("the baseline", "no-baseline", f"target.baseline: cannot use {name} ({error})", **structural)
        return
    changes = drift(known, current)
    breaking = [change for change in changes if change.breaking]
    for change in breaking[:MOST]:
        subject = f"{change.operation} {change.place}".strip()
        sentence = f"{subject}: {change.sentence}, compared with {name}"
        yield failed(subject, sentence, operation=change.operation, **structural)
    if not known.operations:
        yield inconclusive("the baseline", "no-baseline", f"{name} has no operations", **structural)
    elif not breaking:
        count = f"{len(known.operations)} operations of {name}"
        yield passed("the baseline", f"{count} are promised still ({len(changes)} additions)", **structural)
