"""Creating objects, so that each is journalled before it exists and removed in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.client import completed
from harness.lab.inconclusive import Inconclusive
from harness.lab.readable import is_readable
from harness.lab.resource.calls import Calls
from harness.lab.resource.objects import Owned
from harness.lab.resource.shapes import with_fields

if TYPE_CHECKING:
    from harness.lab.markers import Marker
    from harness.model import Exchange, Identity, Request
    from harness.scenario.schema import CreateCall

REQUEST, PATH = "request:", "path:"
AGAIN = 3
TAKEN = frozenset({400, 403, 404, 409, 410, 422})
"""How it is refused to name something that is gone, sold out, or had once already."""


def identifier(call: CreateCall, exchange: Exchange) -> Any:
    """Return the identifier of what a call has created, None where the exchange does not tell it."""
    if exchange.response is None:
        return None
    if call.id == "location":
        location = exchange.response.header("Location")
        return location.partition("?")[0].rstrip("/").rpartition("/")[2] if location else None
    if call.id.startswith(PATH):
        return requests.in_path(exchange.request, call.operation.partition(" ")[2], call.id.removeprefix(PATH))
    if call.id.startswith(REQUEST):
        return requests.at(requests.parsed(exchange.request.body), call.id.removeprefix(REQUEST))
    found = requests.at(requests.parsed(exchange.body), call.id)
    said = isinstance(found, str) and not call.id and any(map(str.isspace, found))
    return None if said else found  # a whole answer of several words tells something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Creating(Calls):
    """A resource whose objects can be created, or taken over from who created them otherwise."""

    async def create(
        self, user: Identity, *, parent: Owned | None = None, public: bool = False, query: str | None = None
    ) -> Owned:
        """Create an object with a fresh marker; raise Inconclusive where that does not succeed.

        A creation that takes one of several values is tried again with others.
        """
        exchange, owned = await self.try_create(user, parent=parent, public=public, query=query)
        for _ in range(AGAIN if self.spec.create and self.spec.create.among else 0):
            if exchange.status in TAKEN:
                exchange, owned = await self.try_create(user, parent=parent, public=public, query=query)
        if owned is None:
            nameless = f", as no identifier was at {self.spec.create.id!r}" if exchange.ok and self.spec.create else ""
            raise self.lab.no_control(f"{user.name} could not create a {self.name}{nameless}", exchange)
        return owned

    async def create_with(self, user: Identity, fields: dict[str, Any]) -> Owned | None:
        """Create an object with additional fields in the body; None where the service refuses that (any 4xx)."""
        exchange, owned = await self.try_create(user, extra=fields)
        if owned is None and (exchange.ok or exchange.broken):
            raise self.lab.no_control(f"{user.name} could not create a {self.name} with {', '.join(fields)}", exchange)
        return owned

    def mark(self, user: Identity) -> Marker:
        """Return a new marker of a user's, to be written into an object of this resource."""
        shown = is_readable(self.lab.session, self.name)
        return self.lab.session.markers.issue(self.lab.key(user), public=shown)

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
        marker = self.mark(user)
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
        shown = public or is_readable(self.lab.session, self.name)
        marker = self.lab.session.markers.issue(self.lab.key(user), public=shown, query=query)
        request, parents = await self.creation(user, marker, parent=parent, public=public, extra=extra)
        self.lab.session.ledger.intend(user, self.name, marker)

        async def known() -> tuple[Exchange, Owned | None]:
            exchange = await self.lab.send(user, request, purpose=purpose)
            return exchange, self.register(user, marker, exchange, parents)

        return await completed(known())

    def register(self, user: Identity, marker: Marker, exchange: Exchange, parents: tuple[Any, ...]) -> Owned | None:
        """Journal what came of a create request that was journalled before it was sent."""
        identifier = self._created_id(exchange)
        if not exchange.ok or identifier is None:
            if not exchange.ok:
                self.lab.session.ledger.refused(marker)
            return None
        owned = Owned(resource=self.name, id=identifier, marker=marker, owner=user, created=exchange, parents=parents)
        self.lab.session.ledger.created(owned, self.request("delete", owned) if self.spec.delete else None)
        if self.spec.read is not None and not is_readable(self.lab.session, self.name):
            self.lab.session.own_reads.setdefault(self.lab.key(user), self.request("read", owned))
        return owned

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

    def _created_id(self, exchange: Exchange) -> Any:
        return identifier(self.spec.create, exchange) if self.spec.create is not None else None

    async def _own_parent(self, user: Identity) -> Owned:
        key = self.lab.key(user)
        if key not in self._parents:
            self._parents[key] = await self.lab.resource(str(self.spec.parent)).create(user)
        return self._parents[key]
