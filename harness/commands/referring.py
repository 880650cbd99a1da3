"""What a creation refers to and no user creates: an order names a product, a review a book.

The example that a schema gives may name none that there is, or one that each user may take only once. Which there are,
their list tells.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.lab import Inconclusive, Lab
from harness.openapi.inference.identifiers import PEOPLE
from harness.openapi.inference.routes import segments
from harness.openapi.inference.words import ID_WORDS, about, first_of, id_stem, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.lab import Session
    from harness.model import Identity
    from harness.openapi import Inference, InferredResource
    from harness.scenario.schema import Call, ResourceSpec

MOST, TRIED = 40, 4
MADE_UP = frozenset({"{marker}", "{uuid}", "{number}", "h-{nonce}"})
"""What an inference puts where the document gives no example."""


async def referred(session: Session, user: Identity, found: Inference) -> Inference:
    """Put identifiers that a list tells where a creation names something that no operation creates.

    A new user tries whether two creations are accepted without that, and which of the identifiers are; a given one
    creates nothing here.
    """
    lists = list(_lists(found))
    known: dict[str, list[Any]] = {}
    kept: list[InferredResource] = []
    for each in found.resources:
        names = {name: one for name in _named(each.spec.create) if (one := _listed(name, lists)) is not None}
        for name, plain in names.items():
            known[name] = known[name] if name in known else await _identifiers(session, user, name, plain)
        among = {name: known[name] for name in names if known[name]}
        spec = await _accepted(session, user, each.spec, among) if among else each.spec
        told = [f"{name} is one of those that {one} tells" for name, one in names.items()] if among else []
        kept.append(each if spec is each.spec else replace(each, spec=spec, evidence=(*each.evidence, *told)))
        session.scenario = session.scenario.model_copy(update={"resource": _with(session.scenario.resource, spec)})
    return replace(found, resources=tuple(kept))


def _with(specs: Sequence[ResourceSpec], changed: ResourceSpec) -> list[ResourceSpec]:
    return [changed if each.name == changed.name else each for each in specs]


def _lists(found: Inference) -> Iterator[str]:
    """Walk the plain reads that may list things which nobody creates and which are no people."""
    made = {each.spec.name for each in found.resources}
    for name in {**found.understood, **found.not_understood}:
        if name.startswith("GET ") and "{" not in name and _thing(name) not in {*made, *PEOPLE, ""}:
            yield name


def _thing(operation: str) -> str:
    return stem((segments(operation.partition(" ")[2]) or [""])[-1])


def _listed(name: str, lists: Sequence[str]) -> str | None:
    """Return the list of what a field names."""
    thing = id_stem(name) or ""
    return min((one for one in lists if about(thing, _thing(one))), key=len, default=None)


def _named(call: Call | None) -> list[str]:
    """Return the fields of a body, at any depth, that hold an identifier by an example and can name a placeholder."""
    found = dict.fromkeys(_fields(call.body if call.body is not None else call.form)) if call is not None else {}
    return [name for name in found if id_stem(name) and requests.PLACEHOLDER.fullmatch(f"{{{name}}}")]


def _fields(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if _is_example(value):
                yield name
            yield from _fields(value)
    elif isinstance(node, list):
        for value in node:
            yield from _fields(value)


def _is_example(value: Any) -> bool:
    """Whether a value stands for nothing that is known."""
    if isinstance(value, str):
        return value in MADE_UP or requests.PLACEHOLDER.search(value) is None
    return isinstance(value, int) and not isinstance(value, bool)


async def _identifiers(session: Session, user: Identity, name: str, operation: str) -> list[Any]:
    """Return what a list tells of the things in it by which a field of this name may name them."""
    exchange = await session.client.send(user, requests.plain(operation), purpose="introduce")
    items = next(_arrays(requests.parsed(exchange.body)), []) if exchange.ok else []
    wanted = (words(name)[-1], "_".join(words(name)), f"_{words(name)[-1]}", *ID_WORDS)
    found = [each[field] for each in items if isinstance(each, dict) and (field := first_of(each, wanted)) is not None]
    return list(islice((each for each in dict.fromkeys(found) if isinstance(each, str | int)), MOST))


def _arrays(node: Any) -> Iterator[list[Any]]:
    """Walk the arrays of an answer, outermost first."""
    if isinstance(node, list):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _arrays(value)


async def _accepted(session: Session, user: Identity, spec: ResourceSpec, among: dict[str, list[Any]]) -> ResourceSpec:
    """Return the resource with the identifiers that no creation refused, as it is where it needs none of them."""
    if not session.introductions.fresh:
        return _choosing(spec, among)
    if await _creates(session, user, spec) and await _creates(session, user, spec):
        return spec
    rows = range(min(TRIED, *map(len, among.values())))
    tried = [{name: values[number] for name, values in among.items()} for number in rows]
    refused = [one for one in tried if not await _creates(session, user, _choosing(spec, _alone(one)))]
    left = {name: [each for each in values if each not in _column(name, refused)] for name, values in among.items()}
    return _choosing(spec, left) if len(refused) < len(tried) and all(left.values()) else spec


def _alone(one: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [value] for name, value in one.items()}


def _column(name: str, rows: Sequence[dict[str, Any]]) -> list[Any]:
    return [row[name] for row in rows]


async def _creates(session: Session, user: Identity, spec: ResourceSpec) -> bool:
    lab = Lab(session=session, check_id="proving", random=random.Random(session.seed))
    with contextlib.suppress(Inconclusive):
        exchange, _ = await replace(lab.resource(spec.name), spec=spec).try_create(user)
        return exchange.ok
    return False


def _choosing(spec: ResourceSpec, among: dict[str, list[Any]]) -> ResourceSpec:
    """Return a resource whose creations and changes take one of these identifiers each time."""
    calls = {verb: _filled(call, among) for verb in ("create", "create_public") if (call := getattr(spec, verb))}
    return spec.model_copy(update={**calls, "update": [_filled(call, among) for call in spec.update]})


def _filled(call: Call, among: dict[str, list[Any]]) -> Call:
    body, form = _replaced(call.body, among), _replaced(call.form, among)
    return call.model_copy(update={"body": body, "form": form, "among": among})


def _replaced(node: Any, among: dict[str, list[Any]]) -> Any:
    if isinstance(node, dict):
        return {
            name: f"{{{name}}}" if name in among and _is_example(value) else _replaced(value, among)
            for name, value in node.items()
        }
    return [_replaced(value, among) for value in node] if isinstance(node, list) else node
