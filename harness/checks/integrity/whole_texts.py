"""Texts that are cut short or lose characters in silence (CWE-440): what is accepted is read word for word.

One character more than the document allows, and the most that it allows, must be refused or kept whole; where it names
no limit, a long text must. Fields that are not shown as they were sent when short tell nothing, and neither do those
of which the document or the answer says that they may be cut.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.checks.validation._input import attempt, text_fields
from harness.expect import failed, passed, skipped, status_of
from harness.lab.resource import text_place
from harness.model import Needs, Severity
from harness.openapi.shapes import mapping, properties
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

LONG = (66_000, 10_000, 1_100)
"""Characters, the longest first: more than 65,535, 8,000 and 1,024 of them, where columns and limits often end."""
WORDS = "harness fills this text with words "
GONE = frozenset({404, 410})
SHORTEST = 60
"""Characters of the shortest limit that leaves room for a marker and some words."""
FOREIGN = "Stra\u00dfe \u6f22\u5b57 \U0001f600 end"
ASTRAL = re.compile("[^\\0-\uffff]")
ANNOUNCED = re.compile("trunc|shorten|abbreviat|excerpt|preview|snippet|cut (off|short|to|at|after)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """A text that was sent in a field, the answer, and what is then read there, if it was accepted.

    `names_it` is true where the identifier is made of the text; `there` is false where the object is not found.
    """

    text: str
    created: Exchange
    read: Exchange | None = None
    shown: Any = None
    names: frozenset[str] = frozenset()
    names_it: bool = False
    there: bool = True

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return (self.created,) if self.read is None else (self.created, self.read)


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.cut-text", "integrity.lost-write"],
    needs=Needs(operations=("create", "read")),
    owasp="API9:2023",
    cwe=440,
)
async def whole_texts(lab: Lab) -> AsyncIterator[Observation]:
    """A text that is accepted is read as it was sent, to its last character, however long it is."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", "read"):
        for field in text_fields(resource.spec.create):
            subject = f"{resource.operation('create')}: {field}"
            short = await _tried(resource, user, field, "as it was sent")
            if short.shown != short.text or _is_announced(resource, field):
                sentence = f"{resource.operation('read')} does not show {field} as it was sent"
                yield skipped(subject, "not-applicable", sentence, *short.exchanges)
                continue
            if short.names_it:  # a long text would make an address that nothing can be asked by
                sentence = f"{resource.operation('create')} makes the identifier of the {field}"
                yield skipped(f"{subject}: long", "not-applicable", sentence, *short.exchanges)
            else:
                yield await _long(resource, user, field, short)
            foreign = await _tried(resource, user, field, FOREIGN)
            yield _judge(resource, f"{subject}: other scripts", f"a {field} in other scripts", foreign, short)


async def _long(resource: BoundResource, user: Identity, field: str, short: _Tried) -> Observation:
    """Judge the longest text that is accepted."""
    subject = f"{resource.operation('create')}: {field}: long"
    for length in _lengths(resource, field):
        tried = await _tried(resource, user, field, WORDS * (length // len(WORDS) + 1), length)
        what = f"a {field} of {length} characters"
        if tried.created.ok:
            break
    return _judge(resource, subject, what, tried, short)


def _lengths(resource: BoundResource, field: str) -> tuple[int, ...]:
    """Return the lengths to be tried: around the limit that the document names, if it names one that can be tried."""
    limit = _declared(resource, field).get("maxLength")
    return (limit + 1, limit) if isinstance(limit, int) and SHORTEST <= limit < LONG[0] else LONG


async def _tried(resource: BoundResource, user: Identity, field: str, words: str, length: int | None = None) -> _Tried:
    """Create an object with the words in a field, behind a marker, and read it."""
    marker = resource.mark(user)
    text = f"{marker.text} {words}"[:length]
    text = text if length is None else text[:-1] + "."
    request, _ = await resource.creation(user, marker, extra={field: text})
    created = await attempt(resource.lab, user, request)
    owned = await resource.keep(user, created)
    if owned is None:
        return _Tried(text=text, created=created)
    view = await resource.seen(user, replace(owned, marker=marker), "read", purpose="read-back")
    names = frozenset(view.item) | frozenset(resource.thing(created))
    names_it = is_made_of(str(owned.id), words)
    shown = view.item.get(field)
    there = view.found or view.last.status not in GONE
    return _Tried(text=text, created=created, read=view.last, shown=shown, names=names, names_it=names_it, there=there)


def _judge(resource: BoundResource, subject: str, what: str, tried: _Tried, short: _Tried) -> Observation:
    """Compare what is read with what was sent; only a text that lost something, and nothing else, is a finding."""
    operation, about = resource.operation("create"), {"operation": resource.operation("create")}
    seen = (*short.exchanges, *tried.exchanges)
    if not tried.created.ok:
        sentence = f"{what} is not accepted by {operation} ({status_of(tried.created)})"
        return skipped(subject, "not-seen", sentence, *seen, **about)
    if tried.shown == tried.text:
        return passed(subject, f"{what} is accepted by {operation}, and read as it was sent", *seen, **about)
    if not tried.there:
        sentence = f"{what} is accepted by {operation} ({tried.created.status}), and then there is no such object"
        return failed(subject, sentence, *seen, severity=Severity.HIGH, **about)
    loss = loss_of(tried.text, tried.shown)
    if loss is None or any(ANNOUNCED.search(name) for name in tried.names):
        sentence = f"{resource.operation('read')} shows {what} otherwise, not only shorter"
        return skipped(subject, "not-applicable", sentence, *seen, **about)
    return failed(subject, f"{what} is accepted by {operation} ({tried.created.status}), and {loss}", *seen, **about)


def is_made_of(identifier: str, text: str) -> bool:
    """Whether an identifier holds the letters of a text, in whatever case and however they are joined."""
    joined = [re.sub(r"\W|_", "", each).lower() for each in (text, identifier)]
    return joined[0] in joined[1]


def loss_of(sent: str, shown: Any) -> str | None:
    """Return what a text has lost in silence, None where nothing has gone or all has been put into other words."""
    if isinstance(shown, str) and shown != sent:
        if shown and sent.startswith(shown):
            return f"only its first {len(shown)} of {len(sent)} characters are kept"
        if shown in _lossy(sent):
            return "characters in it are lost"
    return None


def _lossy(text: str) -> Iterator[str]:
    """Walk what becomes of a text where a database or an encoding does not know all of its characters."""
    for coding in ("ascii", "latin-1", "cp1252"):
        yield from (text.encode(coding, errors).decode(coding) for errors in ("replace", "ignore"))
        yield text.encode().decode(coding, "replace")
    yield from (ASTRAL.sub(other, text) for other in ("", "?", "??", "????", "\ufffd"))


def _declared(resource: BoundResource, field: str) -> dict[str, Any]:
    """Return the schema of a field in the body of a creation, empty where the document has none."""
    call, document = resource.spec.create, resource.lab.session.document
    operation = resource.lab.operation(resource.operation("create"))
    if call is None or document is None or operation is None:
        return {}
    schemas = [body.schema for body in operation.bodies]
    for name in text_place(call.body) if isinstance(call.body, dict) else ():
        schemas = [properties(document.root, schema).get(name) for schema in schemas]
    found = (properties(document.root, schema).get(field) for schema in schemas)
    return next((flat for flat in found if flat), {})


def _is_announced(resource: BoundResource, field: str) -> bool:
    """Whether the document says of the field, or of what creates it, that texts may be cut."""
    document, operation = resource.lab.session.document, resource.lab.operation(resource.operation("create"))
    if document is None or operation is None:
        return False
    paths = mapping(document.root.get("paths")).items()
    items = [mapping(item).get(operation.method.lower()) for path, item in paths if operation.path.endswith(path)]
    return ANNOUNCED.search(json.dumps([_declared(resource, field), items], default=str)) is not None
