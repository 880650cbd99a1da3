"""What was written stays as it was written (CWE-440): a creation keeps all that it acknowledged, a PATCH all else.

A PATCH names what changes (RFC 5789; for a merge patch RFC 7396, section 1), a PUT replaces the whole.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks._sight import unseen
from harness.checks.isolation.variants import fields_of
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.openapi.shapes import properties, types_of
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

EMPTY: tuple[Any, ...] = (None, "", [], {})
TEXTS = (str, list, dict)


@check(
    severity=Severity.HIGH,
    catches=["integrity.lost-field"],
    needs=Needs(operations=("create", "read")),
    owasp="API9:2023",
    cwe=440,
)
async def kept_content(lab: Lab) -> AsyncIterator[Observation]:
    """What a creation acknowledged is what its owner reads, and a PATCH changes only what it names."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", "read"):
        owned = await resource.create(user)
        before = await resource.seen(user, owned, "read")
        if not before.shows(owned):
            yield unseen(before, operation=resource.operation("create"))
            continue
        yield await _as_acknowledged(resource, owned, before)
        if (more := await _with_more(resource, user)) is not None:
            yield await _as_acknowledged(resource, more, await resource.seen(user, more, "read"), how="with more")
        if (nested := await _with_nested(resource, user)) is not None:
            yield await _as_acknowledged(resource, nested, await resource.seen(user, nested, "read"), how="nested")
        for call in resource.spec.update:
            if call.operation.startswith("PATCH "):
                yield await _patched(resource, call, user)


async def _with_more(resource: BoundResource, user: Identity) -> Owned | None:
    """Create an object with all that a creation may say beside what it says anyhow; None where that is refused."""
    every: dict[str, Any] = {}
    for _, fields in fields_of(resource):
        every = fields | every
    return (await resource.try_create(user, extra=every))[1] if every else None


async def _with_nested(resource: BoundResource, user: Identity) -> Owned | None:
    """Create one with an object and a list in what may hold anything; None where nothing may, or it is refused."""
    call, document = resource.spec.create, resource.lab.session.document
    operation = resource.lab.operation(resource.operation("create"))
    schema = next((each.schema for each in operation.bodies), None) if operation else None
    if call is None or document is None or not isinstance(call.body, dict):
        return None
    known = properties(document.root, schema or {})
    free = [name for name, each in known.items() if "object" in types_of(each) and not each.get("properties")]
    nested = {name: {"harness": {"nested": ["harness"]}, "listed": ["harness"]} for name in free}
    return (await resource.try_create(user, extra=nested))[1] if nested else None


async def _as_acknowledged(resource: BoundResource, owned: Owned, before: View, *, how: str = "") -> Observation:
    """Compare what was sent and acknowledged with what is read; times and numbers may be written in another way.

    So of what was said beside the usual (`how`) only that it is gone counts. Of the usual, an answer that shows nothing
    where something was sent acknowledges it as well: who sends it has no reason to look.
    """
    operation = resource.operation("create")
    subject, about = f"{operation} {how}".rstrip(), {"operation": operation}
    said = resource.thing(owned.created)
    known = {
        name: value
        for name, value in _sent(owned.created).items()
        if name in said and (said[name] == value or (not how and said[name] in EMPTY and isinstance(value, TEXTS)))
    }
    after, lost = await _read_again(resource, owned, before, known)
    lost = [name for name in lost if not how or isinstance(known[name], list | dict) or after.item[name] in EMPTY]
    if not known.keys() & after.item.keys():
        sentence = f"{operation} acknowledges no field that {after.operation} shows"
        return skipped(subject, "not-applicable", sentence, owned.created, after.last, **about)
    if lost:
        sentence = f"{operation} accepted {', '.join(lost)} as sent; {after.operation} shows something else there"
        return failed(subject, sentence, owned.created, after.last, **about)
    sentence = f"{after.operation} shows each field as {operation} acknowledged it"
    return passed(subject, sentence, owned.created, after.last, **about)


async def _patched(resource: BoundResource, call: Call, user: Identity) -> Observation:
    """Change some fields of a new object, and compare those that its owner had set and the change does not name."""
    operation, about = call.operation, {"operation": call.operation}
    owned, marker = await resource.create(user), resource.mark(user)
    before = await resource.seen(user, owned, "read")
    if not before.shows(owned):
        return unseen(before, **about)
    update = await resource.update(user, owned, call, marker, purpose="attempt")
    named = _sent(update)
    unnamed = {name: value for name, value in _sent(owned.created).items() if name not in named and value != ""}
    kept = {name: value for name, value in unnamed.items() if before.item.get(name) == value}
    if not kept or not named:
        return skipped(operation, "not-applicable", f"{operation} leaves nothing that was set as it was", **about)
    view = await resource.showing(user, owned, "read", marker, purpose="read-back")
    if not update.ok or not view.holds(marker):
        sentence = f"{operation} changes nothing ({status_of(update)})"
        return inconclusive(operation, "no-control", sentence, update, view.last, **about)
    after, lost = await _read_again(resource, owned, view, kept)
    if lost:
        sentence = f"{operation} names {', '.join(named)}; afterwards {', '.join(lost)} has changed, too"
        return failed(operation, sentence, before.last, update, after.last, **about)
    sentence = f"{operation} changes what it names; {', '.join(kept)} stays as it was"
    return passed(operation, sentence, before.last, update, after.last, **about)


async def _read_again(
    resource: BoundResource, owned: Owned, view: View, known: Mapping[str, Any]
) -> tuple[View, list[str]]:
    """Return what a view shows otherwise than it is known; of a later view, where a change may take time to show."""
    if _otherwise(view, known) and resource.spec.settle:
        await asyncio.sleep(resource.spec.settle)
        view = await resource.look(view.user, owned, "read", purpose="read-back")
    return view, _otherwise(view, known)


def _otherwise(view: View, known: Mapping[str, Any]) -> list[str]:
    return [name for name, value in known.items() if name in view.item and _lost(value, view.item[name])]


def _lost(value: Any, shown: Any) -> bool:
    """Whether something else is shown than was written; of a list or an object whether something is shown no more.

    Lists may be sorted, objects have more in them, and what stands in either may be written in another way.
    """
    if isinstance(value, dict):
        known = shown if isinstance(shown, dict) else {}
        return shown in EMPTY or any(known.get(name) in EMPTY for name, each in value.items() if each and known)
    if isinstance(value, list):
        texts = isinstance(shown, list) and all(isinstance(each, str) for each in (*value, *shown))
        return shown in EMPTY or (texts and not set(value) <= set(shown))
    return bool(shown != value)


def _sent(exchange: Exchange) -> dict[str, Any]:
    """Return the fields of a JSON object that was sent, out of the one wrapper it may be in."""
    document = requests.parsed(exchange.request.body)
    if isinstance(document, dict) and len(document) == 1:
        inner = next(iter(document.values()))
        document = inner if isinstance(inner, dict) else document
    fields = document.items() if isinstance(document, dict) else ()
    return {name: value for name, value in fields if value not in (None, [], {})}
