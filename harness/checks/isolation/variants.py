"""Objects that are made in another way than usual (CWE-639): another kind, another source, with a reference.

Rules for some kinds of things are written by hand, and forgotten by the next kind. Each field that the document lets a
creation have is given alone, enumerations value by value; what says by its name that others may see the object is left
out, for that may be meant. One object has a long text, and one nothing that may be left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.openapi.examples import NoExampleError, example
from harness.openapi.inference.calls import is_file
from harness.openapi.samples import SAMPLE
from harness.openapi.shapes import flattened, properties, types_of
from harness.registry import check
from harness.requests import is_json_object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import BoundResource, Lab, Marker, Owned
    from harness.model import Exchange, Identity, Observation, Request

MOST = 12
LONG = 6000
WORDS = "harness fills this text with words "
MEANT = re.compile(
    r"public|publish|share|visib|privacy|access|audience|anyone|everyone|open|listed|discover|community|global|template"
    r"|release|feature|announc|status|state|role|member|team|group|org|follow|collab",
    re.IGNORECASE,
)
"""Names and values that may open an object to others by design."""
TOLD = re.compile(rf"{MEANT.pattern}|private|draft|hidden|secret|internal|id$|_at$", re.IGNORECASE)
"""Names of what may keep it from others by design, or says where it belongs."""


@check(
    severity=Severity.HIGH,
    catches=["isolation.variant"],
    needs=Needs(users=2, operations=("create",), features=("document",), waits=True),
    owasp="API1:2023",
    cwe=639,
)
async def variants(lab: Lab) -> AsyncIterator[Observation]:
    """Whatever is said of an object when it is made, nobody else sees it."""
    alice, bob = await lab.two_users()
    await genuine(lab, alice)
    for resource in lab.private_with("create"):
        if resource.looks:
            yield await _try(resource, alice, bob)


async def _try(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    operation, names = resource.operation("create"), (alice.name, bob.name)
    about: dict[str, Any] = {
        "operation": operation,
        "users": names,
        "cell": isolation_cell(f"{operation} (variants)", *names),
    }
    made = [(words, each) for words, fields in fields_of(resource) if (each := await _made(resource, alice, fields))]
    made += [(words, each) async for words, each in _otherwise(resource, alice)]
    if not made:
        return skipped(operation, "not-applicable", f"{operation} takes nothing beside what is sent anyhow", **about)
    last = made[-1][1]
    hidden = {verb: await resource.missing(alice, [each for _, each in made], verb) for verb in resource.looks}
    never = next((each for each in made if all(each[1] in found for found in hidden.values())), None)
    if never is not None:
        sentence = f"{alice.name} does not find the own {resource.name} with {never[0]}"
        return inconclusive(operation, "no-control", sentence, never[1].created, **about)
    own = await resource.create(bob)
    verbs = [verb for verb in resource.looks if (await resource.seen(bob, own, verb)).found]
    if not verbs:
        sentence = (
            f"{bob.name} does not find an own {resource.name} either, so finding none of {alice.name}'s means nothing"
        )
        return inconclusive(operation, "no-control", sentence, own.created, **about)
    shown: Exchange = last.created
    for words, hers in made:
        for verb in (each for each in verbs if hers not in hidden[each]):
            view = await resource.look(bob, hers, verb, purpose="attempt")
            shown = view.last
            if view.found:
                sentence = f"{bob.name} finds {alice.name}'s {resource.name} with {words} by {view.operation}"
                return failed(operation, sentence, hers.created, view.last, **about)
    sentence = f"{bob.name} finds none of {alice.name}'s, made with {', '.join(words for words, _ in made)}"
    return passed(operation, sentence, last.created, shown, **about)


async def _otherwise(resource: BoundResource, user: Identity) -> AsyncIterator[tuple[str, Owned]]:
    """Walk an object with nothing but what it must have, and one with a long text: either may be kept elsewhere."""
    for words, change in (("nothing that may be left out", _barest), ("a long text", _longest)):
        marker = resource.mark(user)
        plain, parents = await resource.creation(user, marker)
        request = change(resource, plain, marker)
        if request.body != plain.body:
            resource.lab.session.ledger.intend(user, resource.name, marker)
            exchange = await resource.lab.send(user, request, purpose="create")
            owned = resource.register(user, marker, exchange, parents)
            if owned is not None and exchange.ok:
                resource.lab.session.markers.publish(marker)
                yield words, owned


def _barest(resource: BoundResource, request: Request, marker: Marker) -> Request:
    """Leave out of a JSON body what its schema does not require and what does not hold the marker."""
    schema, document = _schema(resource), resource.lab.session.document
    if not is_json_object(request) or document is None:
        return request
    needed, body = set(flattened(document.root, schema).get("required") or ()), json.loads(request.body)
    kept = {
        name: each
        for name, each in body.items()
        if name in needed or TOLD.search(name) or marker.witness in json.dumps(each)
    }
    return replace(request, body=json.dumps(kept).encode()) if kept != body else request


def _longest(resource: BoundResource, request: Request, marker: Marker) -> Request:
    """Fill up a text of a JSON body that holds the marker, as far as its schema allows."""
    document = resource.lab.session.document
    if not is_json_object(request) or document is None:
        return request
    known, body = properties(document.root, _schema(resource)), json.loads(request.body)
    for name, text in body.items():
        if isinstance(text, str) and marker.witness in text:
            limit = known.get(name, {}).get("maxLength", LONG)
            filler = WORDS * (LONG // len(WORDS) + 1)
            body[name] = f"{text} {filler}"[: min(limit, LONG)].rstrip()
    return replace(request, body=json.dumps(body).encode())


def _schema(resource: BoundResource) -> Mapping[str, Any]:
    operation = resource.lab.operation(resource.operation("create"))
    return next((each.schema for each in operation.bodies if each.schema), {}) if operation else {}


async def _made(resource: BoundResource, user: Identity, fields: dict[str, Any]) -> Owned | None:
    """Create one with these fields; what is shown of it counts here, and not as a leak of a marker elsewhere."""
    exchange, owned = await resource.try_create(user, extra=fields)
    if owned is not None and exchange.ok:
        resource.lab.session.markers.publish(owned.marker)
        return owned
    return None


def fields_of(resource: BoundResource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk what a creation may say beside what it says anyhow, in words and as fields; at most so many."""
    call, document = resource.spec.create, resource.lab.session.document
    operation = resource.lab.operation(call.operation) if call is not None else None
    if call is None or document is None or operation is None:
        return
    usual: Mapping[str, Any] = call.body if isinstance(call.body, dict) else call.multipart or call.form or {}
    schema = next((each.schema for each in operation.bodies), None)
    every = (
        (f"{name}={value}", {name: value})
        for name, flat in properties(document.root, schema).items()
        if not flat.get("readOnly") and not is_file(flat) and not MEANT.search(name)
        for value in _values(document.root, flat, taken=name in usual)
        if value != usual.get(name) and not MEANT.search(str(value))
    )
    for _, found in zip(range(MOST), every, strict=False):
        yield found


def _values(root: Mapping[str, Any], schema: Mapping[str, Any], *, taken: bool) -> Iterator[Any]:
    """Walk an enumeration, or both truth values; of a list two items; of what is not sent anyhow, one that is valid."""
    kinds = types_of(schema)
    if isinstance(schema.get("enum"), list):
        yield from (value for value in schema["enum"] if value is not None)
    elif "boolean" in kinds:
        yield from (True, False)
    elif "array" in kinds or (not taken and kinds & {"string", "integer", "number"}):
        several = {**schema, "minItems": max(2, schema.get("minItems", 0))} if "array" in kinds else schema
        try:
            yield example(several, root, marker=SAMPLE, must_carry=False)
        except NoExampleError:
            return
