"""Things of which each user has one, under a path that names nobody (CWE-639): settings, a profile, a cart.

AIP-156 calls them singletons. Whose is meant, only the credential says; a cache, a global variable, or a parameter that
names another user, makes it somebody else's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab import genuine
from harness.lab.ownership import identifiers
from harness.model import Needs, Request, Severity
from harness.openapi import NoExampleError, example
from harness.openapi.inference.answers import unwrapped
from harness.openapi.inference.words import words
from harness.openapi.shapes import properties, types_of
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import Lab, Marker
    from harness.model import Exchange, Identity, Observation, Operation

OWN = frozenset(
    {"me", "my", "mine", "self", "current", "own", "profile", "account", "user", "settings", "setting", "preferences"}
    | {"preference", "prefs", "cart", "basket", "wallet", "address", "billing", "notifications", "options", "bio"}
)
"""Words of paths to what each user has one of; a setting of all users is written by all on purpose, maybe."""
ENTRIES = frozenset({"password", "passwd", "pwd", "username", "login", "email", "mail", "role", "roles"})
"""Words of fields that let an account in, or say what it may: they are left alone."""
NAMES = ("user_id", "userId", "user", "owner_id", "account_id", "id", "username")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.singleton"],
    needs=Needs(users=2, features=("document", "fresh-users")),
    owasp="API1:2023",
    cwe=639,
)
async def singletons(lab: Lab) -> AsyncIterator[Observation]:
    """What each user has one of is the caller's own, whoever is named beside."""
    found = list(_singletons(lab))
    if not found:
        yield skipped("paths", "not-applicable", "no path without a variable is both read and written by its user")
        return
    alice, bob = await lab.new_user("alice"), await lab.new_user("bob")
    await genuine(lab, alice)
    for change in found:
        yield await _Singleton(lab=lab, change=change).between(alice, bob)


def _singletons(lab: Lab) -> Iterator[Operation]:
    """Walk the operations that change what a GET on the same path shows, and are nothing that users create."""
    scenario = lab.scenario
    known = {operation for spec in scenario.resource for operation in spec.operations}
    apart = {*known, *scenario.target.public, *scenario.target.destructive, *scenario.users.privileged}
    by_id = {each.id: each for each in lab.operations}
    for each in lab.operations:
        shows = by_id.get(f"GET {each.path}")
        fits = each.method in {"PUT", "PATCH"} and "{" not in each.path and not OWN.isdisjoint(words(each.path))
        if fits and shows is not None and shows.secured is not False:
            required = any(one.required for one in (*each.parameters, *shows.parameters) if one.location != "header")
            if not required and not apart & {each.id, shows.id} and each.bodies:
                yield each


def _lets_in(content: Any) -> bool:
    """Whether an object has a field, also below a wrapper, that lets an account in."""
    if not isinstance(content, dict):
        return False
    told = {part for name in content for part in (*words(name), "".join(words(name)))}
    return not ENTRIES.isdisjoint(told) or any(map(_lets_in, content.values()))


def _content(schema: Mapping[str, Any], root: Mapping[str, Any], mark: Marker) -> dict[str, Any] | None:
    """Return a body with a marker in it, and nothing that lets an account in; None where there is none.

    Where an account takes its name and much else, and requires nothing, the first other text carries the marker; a
    text in an object of its own does so last, as it may name something else there is.
    """
    fields = unwrapped(root, schema)
    others = [name for name, one in fields.items() if not _lets_in({name: None}) and _is_free(one)]
    for name, deep in ((None, False), *((name, False) for name in others), (None, True)):
        try:
            filled = frozenset(filter(None, [name]))
            content = example(schema, root, marker=mark.text, filled=filled, must_carry=name is None)
        except NoExampleError:
            continue
        if not isinstance(content, dict) or _lets_in(content):
            continue
        inner = _inner(content) if len(properties(root, schema)) == 1 else content
        inner.update(dict.fromkeys(filled, mark.text))
        texts = [content] if deep else [each for each in inner.values() if isinstance(each, str)]
        if mark.in_bytes(json.dumps(texts).encode()):
            return content
    return None


def _is_free(schema: Mapping[str, Any]) -> bool:
    """Whether a field takes any text."""
    return "string" in types_of(schema) and not schema.keys() & {"enum", "const", "format", "pattern", "maxLength"}


def _inner(content: dict[str, Any]) -> dict[str, Any]:
    """Return an object out of what wraps it."""
    only = next(iter(content.values()), None)
    return only if len(content) == 1 and isinstance(only, dict) else content


def _bodies(value: str) -> Iterator[dict[str, Any]]:
    """Walk what may name a user in a body: all at once, and alone what a strict service may know."""
    yield dict.fromkeys(NAMES, value)
    yield from ({name: value} for name in NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Singleton:
    """One such thing, by the operation that changes it."""

    lab: Lab
    change: Operation

    async def between(self, alice: Identity, bob: Identity) -> Observation:
        """Each writes and reads the own one; then Bob names Alice beside his own credential."""
        operation = self.change.id
        about = {
            "operation": operation,
            "users": (alice.name, bob.name),
            "cell": isolation_cell(f"{operation} (singleton)", alice.name, bob.name),
        }
        hers, his = self._mark(alice), self._mark(bob)
        wrote = await self._write(alice, hers)
        before = await self._read(alice)
        if wrote is None or not wrote.ok or not hers.in_bytes(before.body):
            what = f"alice writes nothing by {operation} that she then reads"
            sentence = f"{what} ({status_of(wrote) if wrote else 'no valid request could be made'})"
            return skipped(operation, "not-exercised", sentence, before, operation=operation)
        seen = await self._read(bob)
        own = await self._write(bob, his)
        after, now = await self._again(alice, hers), await self._again(bob, his)
        if not after.ok:
            sentence = f"{alice.name} cannot read it again ({status_of(after)})"
            return inconclusive(operation, "no-control", sentence, wrote, after, **about)
        if hers.in_bytes(seen.body) or his.in_bytes(after.body) or not hers.in_bytes(after.body):
            sentence = f"what {alice.name} wrote by {operation} is not hers alone: {bob.name} reads or replaces it"
            return failed(operation, sentence, wrote, seen, *([own] if own else []), after, **about)
        if not his.in_bytes(now.body):
            sentence = f"{bob.name} does not read what he wrote by {operation}"
            return inconclusive(operation, "no-control", sentence, *([own] if own else []), now, **about)
        breach = await self._named(alice, bob, hers)
        if breach is not None:
            how, exchanges = breach
            return failed(operation, f"{bob.name} names {alice.name} {how}", wrote, *exchanges, **about)
        sentence = f"{alice.name} and {bob.name} each read what they wrote by {operation}, whoever is named beside"
        return passed(operation, sentence, wrote, before, seen, after, now, **about)

    async def _named(self, alice: Identity, bob: Identity, hers: Marker) -> tuple[str, tuple[Exchange, ...]] | None:
        """Let Bob name Alice in the query of both requests and in the body; return what came of it."""
        for value in dict.fromkeys(map(str, await identifiers(self.lab, alice))):
            query = "?" + urlencode(dict.fromkeys(NAMES, value))
            look = await self._read(bob, query)
            if hers.in_bytes(look.body):
                return f"in the query of GET {self.change.path}, and reads hers", (look,)
            for how, where, fields in (("query", query, {}), *(("body", "", each) for each in _bodies(value))):
                mark = self._mark(bob)
                tried = await self._write(bob, mark, where, fields)
                after = await self._again(alice, hers)
                if tried is not None and after.ok and (mark.in_bytes(after.body) or not hers.in_bytes(after.body)):
                    return f"in the {how} of {self.change.id}, and writes over hers", (tried, after)
        return None

    def _mark(self, user: Identity) -> Marker:
        """Return a marker that others may see elsewhere: what is in a profile is often shown to all."""
        return self.lab.session.markers.issue(self.lab.key(user), public=True)

    async def _again(self, user: Identity, own: Marker) -> Exchange:
        """Read what a user wrote; once more where it is not there: a replica may be late."""
        first = await self._read(user)
        return first if own.in_bytes(first.body) else await self._read(user)

    async def _read(self, user: Identity, query: str = "") -> Exchange:
        request = requests.plain(f"GET {self.change.path}")
        return await self.lab.send(user, replace(request, target=request.target + query), purpose="control")

    async def _write(
        self, user: Identity, mark: Marker, query: str = "", fields: dict[str, Any] | None = None
    ) -> Exchange | None:
        """Write a marker into a text that is no name, address or password of the account; None where there is none."""
        body = next((each for each in self.change.bodies if "json" in each.media_type), None)
        document = self.lab.session.document
        if body is None or body.schema is None or document is None:
            return None
        content = _content(body.schema, document.root, mark)
        if content is None:
            return None
        _inner(content).update(fields or {})
        request = Request(
            method=self.change.method,
            target=self.change.path + query,
            headers=(("Content-Type", body.media_type),),
            body=json.dumps(content).encode(),
            operation=self.change.id,
        )
        return await self.lab.send(user, request, purpose="attempt")
