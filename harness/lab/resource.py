"""A resource of the scenario that can be created, looked at, changed and removed by a user."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from harness import requests
from harness.lab.inconclusive import Inconclusive
from harness.model import Exchange, Identity, Request
from harness.scenario.schema import ActionCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.lab.lab import Lab
    from harness.lab.markers import Marker
    from harness.scenario.schema import Call, ListCall, ResourceSpec

MAX_PAGES = 20
COLLECTION = frozenset({"create", "list", "search"})
POLL = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An object that a user of this run created; `id` as the service gave it, `parents` outermost first."""

    resource: str
    id: Any
    marker: Marker
    owner: Identity
    created: Exchange
    parents: tuple[Any, ...] = ()

    @property
    def path_values(self) -> tuple[Any, ...]:
        """The identifiers that a path to this object needs."""
        return (*self.parents, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The pages of a list or a search, and what was in them."""

    exchanges: tuple[Exchange, ...]
    items: tuple[Any, ...]
    ids: tuple[Any, ...]
    total: int | None

    @property
    def ok(self) -> bool:
        """Whether every page answered with a success."""
        return bool(self.exchanges) and all(exchange.ok for exchange in self.exchanges)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a user got when looking for an object by one verb: `found` by its marker or its identifier."""

    verb: str
    operation: str
    user: Identity
    exchanges: tuple[Exchange, ...]
    found: bool

    @property
    def last(self) -> Exchange:
        """The last exchange of the look."""
        return self.exchanges[-1]

    @property
    def ok(self) -> bool:
        """Whether the service answered with a success."""
        return all(exchange.ok for exchange in self.exchanges)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundResource:
    """One resource, for one check."""

    lab: Lab
    spec: ResourceSpec
    _parents: dict[str, Owned] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in the scenario."""
        return self.spec.name

    @property
    def looks(self) -> tuple[str, ...]:
        """The verbs by which an object can be seen, the most direct first."""
        return tuple(verb for verb in ("read", "list", "search") if self.spec.calls(verb))

    def operation(self, verb: str) -> str:
        """Return the id of the (first) operation of a verb."""
        return self.spec.calls(verb)[0].operation

    async def create(
        self, user: Identity, *, parent: Owned | None = None, public: bool = False, query: str | None = None
    ) -> Owned:
        """Create an object with a fresh marker; raise Inconclusive where that does not succeed."""
        exchange, owned = await self.try_create(user, parent=parent, public=public, query=query)
        if owned is None:
            raise self.lab.no_control(f"{user.name} could not create a {self.name}", exchange)
        return owned

    async def create_with(self, user: Identity, fields: dict[str, Any]) -> Owned | None:
        """Create an object with additional fields in the body; None where the service refuses that (any 4xx)."""
        exchange, owned = await self.try_create(user, extra=fields)
        if owned is None and (exchange.ok or exchange.status is None or exchange.status >= 500):  # noqa: PLR2004
            raise self.lab.no_control(f"{user.name} could not create a {self.name} with {', '.join(fields)}", exchange)
        return owned

    async def keep(self, user: Identity, exchange: Exchange, parent: Owned | None = None) -> Owned | None:
        """Take over what a create request that was sent otherwise has made, so that it is removed in the end."""
        identifier = self._created_id(exchange)
        if not exchange.ok or identifier is None:
            return None
        if parent is None and self.spec.parent is not None:
            parent = await self._own_parent(user)
        parents = parent.path_values if parent is not None else ()
        return self.adopt(user, identifier, exchange, parents)

    def adopt(self, user: Identity, identifier: Any, created: Exchange, parents: tuple[Any, ...] = ()) -> Owned:
        """Take over an object that was created otherwise, so that it is removed in the end."""
        marker = self.lab.session.markers.issue(self.lab.key(user))
        self.lab.session.ledger.intend(user, self.name, marker)
        owned = Owned(resource=self.name, id=identifier, marker=marker, owner=user, created=created, parents=parents)
        self.lab.session.ledger.created(owned, self.request("delete", owned) if self.spec.delete else None)
        return owned

    async def try_create(
        self,
        user: Identity,
        *,
        parent: Owned | None = None,
        public: bool = False,
        extra: dict[str, Any] | None = None,
        query: str | None = None,
        purpose: str = "create",
    ) -> tuple[Exchange, Owned | None]:
        """Send a create request, whatever comes of it; an object that then exists is journalled like any other.

        `extra` fields are added to the body or form; objects with the same `query` are found by the same search.
        """
        marker = self.lab.session.markers.issue(self.lab.key(user), public=public, query=query)
        request, parents = await self.creation(user, marker, parent=parent, public=public, extra=extra)
        self.lab.session.ledger.intend(user, self.name, marker)
        exchange = await self.lab.send(user, request, purpose=purpose)
        identifier = self._created_id(exchange)
        if not exchange.ok or identifier is None:
            if not exchange.ok:
                self.lab.session.ledger.refused(marker)
            return exchange, None
        owned = Owned(resource=self.name, id=identifier, marker=marker, owner=user, created=exchange, parents=parents)
        self.lab.session.ledger.created(owned, self.request("delete", owned) if self.spec.delete else None)
        return exchange, owned

    async def creation(
        self,
        user: Identity,
        marker: Marker,
        *,
        parent: Owned | None = None,
        public: bool = False,
        extra: dict[str, Any] | None = None,
    ) -> tuple[Request, tuple[Any, ...]]:
        """Return a create request that nobody has sent yet, and the identifiers of the parents it is below."""
        if parent is None and self.spec.parent is not None:
            parent = await self._own_parent(user)
        parents = parent.path_values if parent is not None else ()
        call = self.spec.create_public if public and self.spec.create_public else self.spec.create
        if call is None:
            message = f"the scenario has no create call for {self.name}"
            raise Inconclusive("not-offered", message)
        return requests.build(
            with_fields(call, extra or {}), self._variables(user, marker, None, parents), parents
        ), parents

    def request(
        self, verb: str, owned: Owned, *, call: Call | None = None, marker: Marker | None = None, identifier: Any = None
    ) -> Request:
        """Return the request of a verb on one object; `identifier` replaces the object's own."""
        call = call or self.spec.calls(verb)[0]
        if isinstance(call, ActionCall) and call.publishes:
            self.lab.session.markers.publish(owned.marker)
        own_id = owned.id if identifier is None else identifier
        variables = self._variables(owned.owner, marker or owned.marker, own_id, owned.parents)
        return requests.build(call, variables, owned.parents if verb in COLLECTION else (*owned.parents, own_id))

    async def read(self, user: Identity, owned: Owned, *, purpose: str = "") -> Exchange:
        """Read one object as `user`."""
        return await self.lab.send(user, self.request("read", owned), purpose=purpose)

    async def update(self, user: Identity, owned: Owned, call: Call, marker: Marker, *, purpose: str = "") -> Exchange:
        """Write `marker` into one object as `user`, by one of the update calls."""
        return await self.lab.send(user, self.request("update", owned, call=call, marker=marker), purpose=purpose)

    async def delete(self, user: Identity, owned: Owned, *, purpose: str = "") -> Exchange:
        """Delete one object as `user`."""
        exchange = await self.lab.send(user, self.request("delete", owned), purpose=purpose)
        if exchange.ok and user == owned.owner:
            self.lab.session.ledger.gone(owned)
        return exchange

    async def act(self, user: Identity, owned: Owned, call: Call, *, purpose: str = "") -> Exchange:
        """Do one of the custom actions on one object as `user`."""
        return await self.lab.send(user, self.request("action", owned, call=call), purpose=purpose)

    async def look(self, user: Identity, owned: Owned, verb: str, *, purpose: str = "") -> View:
        """Look for an object as `user` by read, list or search."""
        if verb == "read":
            exchange = await self.read(user, owned, purpose=purpose)
            return View(
                verb=verb,
                operation=self.operation(verb),
                user=user,
                exchanges=(exchange,),
                found=self._shows(exchange, owned),
            )
        listing = await self.pages(user, verb, parents=owned.parents, owned=owned, purpose=purpose)
        found = any(str(each) == str(owned.id) for each in listing.ids) or any(
            exchange.ok and owned.marker.in_bytes(exchange.body) for exchange in listing.exchanges
        )
        return View(verb=verb, operation=self.operation(verb), user=user, exchanges=listing.exchanges, found=found)

    async def seen(
        self, user: Identity, owned: Owned, verb: str, *, expected: bool = True, purpose: str = "control"
    ) -> View:
        """Look again and again, for as long as a write may take to show, until the object is found (or is not)."""
        deadline = asyncio.get_running_loop().time() + self.spec.settle
        while True:
            view = await self.look(user, owned, verb, purpose=purpose)
            if view.found == expected or asyncio.get_running_loop().time() >= deadline:
                return view
            await asyncio.sleep(POLL)

    async def pages(
        self,
        user: Identity,
        verb: str,
        *,
        parents: Sequence[Any] | None = None,
        owned: Owned | None = None,
        limit: int | None = None,
        purpose: str = "",
    ) -> Listing:
        """Walk the pages of a list or a search, at most MAX_PAGES of them."""
        call: ListCall = self.spec.calls(verb)[0]  # type: ignore[assignment]  # list and search are ListCalls by the schema
        known = tuple(parents or ())
        variables = self._variables(user, owned.marker if owned else None, owned.id if owned else None, known)
        exchanges: list[Exchange] = []
        items: list[Any] = []
        total: int | None = None
        request: Request | None = self._first_page(call, variables, known, limit)
        while request is not None and len(exchanges) < MAX_PAGES:
            exchange = await self.lab.send(user, request, purpose=purpose)
            exchanges.append(exchange)
            document = requests.parsed(exchange.body)
            page = requests.pointer(document, call.items)
            page = page if isinstance(page, list) else []
            items += page
            counted = requests.pointer(document, call.total) if call.total is not None else None
            total = counted if isinstance(counted, int) else total
            request = self._next_page(call, request, document, len(page), len(items)) if exchange.ok else None
            if owned is not None and any(str(requests.pointer(item, call.id)) == str(owned.id) for item in page):
                break
        ids = tuple(requests.pointer(item, call.id) for item in items)
        return Listing(exchanges=tuple(exchanges), items=tuple(items), ids=ids, total=total)

    def unknown_id(self, owned: Owned) -> Any:
        """Return a well-formed identifier of the same shape as the object's, that nothing has."""
        if self.spec.unknown_id is not None:
            return requests.render(self.spec.unknown_id, {"nonce": secrets.token_hex(6), "uuid": str(uuid.uuid4())})
        return lookalike(owned.id)

    def _first_page(
        self, call: ListCall, variables: dict[str, Any], parents: tuple[Any, ...], limit: int | None
    ) -> Request:
        query = (
            {call.pagination.limit: limit} if limit is not None and call.pagination and call.pagination.limit else {}
        )
        return requests.build(call, variables, parents, query=query)

    def _next_page(self, call: ListCall, previous: Request, document: Any, size: int, seen: int) -> Request | None:
        pagination = call.pagination
        if pagination is None or size == 0:
            return None
        if pagination.style in {"cursor", "link"}:
            token = requests.pointer(document, pagination.next or "/next")
            if token in (None, ""):
                return None
            return (
                _linked(previous, str(token))
                if pagination.style == "link"
                else with_query(previous, pagination.parameter, str(token))
            )
        total = requests.pointer(document, call.total) if call.total is not None else None
        if isinstance(total, int) and seen >= total:
            return None
        current = parse_qs(urlsplit(previous.target).query).get(pagination.parameter, [None])[0]
        following = seen if pagination.style == "offset" else int(current or 1) + 1
        return with_query(previous, pagination.parameter, str(following))

    def _shows(self, exchange: Exchange, owned: Owned) -> bool:
        if not exchange.ok:
            return False
        if owned.marker.in_bytes(exchange.body):
            return True
        return any(str(value) == str(owned.id) for value in requests.values(requests.parsed(exchange.body)))

    def _created_id(self, exchange: Exchange) -> Any:
        if exchange.response is None or self.spec.create is None:
            return None
        if self.spec.create.id == "location":
            location = exchange.response.header("Location")
            return location.partition("?")[0].rstrip("/").rpartition("/")[2] if location else None
        return requests.pointer(requests.parsed(exchange.body), self.spec.create.id)

    async def _own_parent(self, user: Identity) -> Owned:
        key = self.lab.key(user)
        if key not in self._parents:
            self._parents[key] = await self.lab.resource(str(self.spec.parent)).create(user)
        return self._parents[key]

    def _variables(
        self, user: Identity, marker: Marker | None, identifier: Any, parents: Sequence[Any]
    ) -> dict[str, Any]:
        variables: dict[str, Any] = {
            "nonce": secrets.token_hex(6),
            "uuid": str(uuid.uuid4()),
            "user": user.subject or user.name,
        }
        if marker is not None:
            variables |= {"marker": marker.text, "query": marker.query}
        if identifier is not None:
            variables["id"] = identifier
        if parents:
            variables["parent"] = parents[-1]
            variables |= dict(zip(self._ancestors(), reversed(parents), strict=False))
        return variables

    def _ancestors(self) -> Iterator[str]:
        parent = self.spec.parent
        while parent is not None:
            yield parent
            parent = self.lab.resource(parent).spec.parent


def lookalike(identifier: Any) -> Any:
    """Return a random identifier of the same shape: an integer of the same length, a UUID, else the same alphabet."""
    if isinstance(identifier, int):
        return identifier + 1_000_003 + secrets.randbelow(1_000_000)
    text = str(identifier)
    try:
        uuid.UUID(text)
    except ValueError:
        return "".join(_like(character) for character in text)
    made = str(uuid.uuid4())
    return made if "-" in text else made.replace("-", "")


def _like(character: str) -> str:
    for alphabet in ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ"):
        if character in alphabet:
            return secrets.choice(alphabet)
    return character


def with_fields(call: Call, extra: dict[str, Any]) -> Call:
    """Return the call with additional fields in its JSON body, form or multipart form."""
    if not extra:
        return call
    if isinstance(call.body, dict):
        return call.model_copy(update={"body": {**call.body, **extra}})
    texts = {key: str(value) for key, value in extra.items()}
    if call.form is not None:
        return call.model_copy(update={"form": {**call.form, **texts}})
    if call.multipart is not None:
        return call.model_copy(update={"multipart": {**call.multipart, **texts}})
    return call


def with_query(request: Request, name: str, value: str) -> Request:
    parts = urlsplit(request.target)
    query = {key: each[-1] for key, each in parse_qs(parts.query, keep_blank_values=True).items()} | {name: value}
    return Request(
        method=request.method,
        target=f"{parts.path}?{urlencode(query)}",
        headers=request.headers,
        body=request.body,
        operation=request.operation,
    )


def _linked(request: Request, link: str) -> Request:
    """Follow a link to the next page: only its path and query, never its host."""
    parts = urlsplit(link)
    target = (parts.path or urlsplit(request.target).path) + (f"?{parts.query}" if parts.query else "")
    return Request(
        method=request.method, target=target, headers=request.headers, body=request.body, operation=request.operation
    )
