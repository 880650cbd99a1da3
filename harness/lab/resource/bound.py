"""A resource of the scenario that can be created, looked at, changed and removed by a user."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.lab.inconclusive import Inconclusive
from harness.lab.resource.creating import Creating
from harness.lab.resource.objects import Listing, View
from harness.lab.resource.paging import MAX_PAGES, NEXT_PAGE, first_page, next_page
from harness.lab.resource.shapes import lookalike
from harness.scenario.schema.resources import LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.lab.markers import Marker
    from harness.lab.resource.objects import Owned
    from harness.model import Exchange, Identity, Request
    from harness.scenario.schema import Call, ListCall

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
READ_BACK = "read-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundResource(Creating):
    """One resource, for one check."""

    @property
    def looks(self) -> tuple[str, ...]:
        """The verbs by which an object can be seen, the most direct first."""
        return tuple(verb for verb in LOOKS if self.spec.calls(verb))

    def thing(self, exchange: Exchange) -> dict[str, Any]:
        """Return the object in an answer, out of its wrapper where creations answer in one; empty if there is none."""
        document = requests.parsed(exchange.body)
        inner = requests.holder(document, self.spec.create.id) if self.spec.create is not None else None
        found = inner if isinstance(inner, dict) else document
        return found if isinstance(found, dict) else {}

    async def read(self, user: Identity, owned: Owned, *, purpose: str = "") -> Exchange:
        """Read one object as `user`."""
        return await self.lab.send(user, self.request("read", owned), purpose=purpose)

    async def update(self, user: Identity, owned: Owned, call: Call, marker: Marker, *, purpose: str = "") -> Exchange:
        """Write `marker` into one object as `user`, by one of the update calls."""
        return await self.lab.send(user, self.request("update", owned, call=call, marker=marker), purpose=purpose)

    async def delete(self, user: Identity, owned: Owned, *, purpose: str = "") -> Exchange:
        """Delete one object as `user`."""
        return await self.lab.send(user, self.request("delete", owned), purpose=purpose)

    async def act(self, user: Identity, owned: Owned, call: Call, *, purpose: str = "") -> Exchange:
        """Do one of the custom actions on one object as `user`."""
        return await self.lab.send(user, self.request("action", owned, call=call), purpose=purpose)

    async def admit(self, user: Identity, owned: Owned, guest: Identity, *, purpose: str = "") -> Exchange:
        """Let a guest see one object as `user`."""
        return await self.lab.send(user, self.admission(owned, guest), purpose=purpose)

    async def ready(self, user: Identity, owned: Owned, call: Call) -> None:
        """Do to an object what a DELETE takes back (a like, a subscription), for it to find something to take back."""
        method, _, path = call.operation.partition(" ")
        for each in self.spec.action:
            if method == "DELETE" and each.operation.endswith(f" {path}") and each.operation != call.operation:
                await self.act(user, owned, each)

    async def look(self, user: Identity, owned: Owned, verb: str, *, purpose: str = "") -> View:
        """Look for an object as `user` by read, list or search.

        Raises Inconclusive for a read-back that blames the server: it does not tell whether the object is there.
        """
        view = await self._look(user, owned, verb, purpose)
        answer = view.last.response
        if purpose == READ_BACK and not view.found and answer is not None and answer.is_failure:
            sentence = (
                f"{view.operation} answers {user.name} with {answer.status}, so nothing is known of the {self.name}"
            )
            raise Inconclusive("no-read-back", sentence, view.last)
        return view

    async def _look(self, user: Identity, owned: Owned, verb: str, purpose: str) -> View:
        if verb == "read":
            exchange = await self.read(user, owned, purpose=purpose)
            return View(
                verb=verb,
                operation=self.operation(verb),
                user=user,
                exchanges=(exchange,),
                found=self._shows(exchange, owned, user),
                item=self.thing(exchange) if exchange.ok else {},
            )
        listing = await self.pages(user, verb, parents=owned.parents, owned=owned, purpose=purpose)
        call = self._listing_call(verb)
        found = any(self.lists(exchange, owned, user, call) for exchange in listing.exchanges)
        items = (item for item in listing.items if isinstance(item, dict))
        item = next((each for each in items if str(requests.at(each, call.id)) == str(owned.id)), {}) if found else {}
        return View(
            verb=verb, operation=self.operation(verb), user=user, exchanges=listing.exchanges, found=found, item=item
        )

    async def seen(
        self, user: Identity, owned: Owned, verb: str, *, expected: bool = True, purpose: str = "control"
    ) -> View:
        """Look again and again, for as long as a write may take to show, until the object is found (or is not)."""
        view = await self.look(user, owned, verb, purpose=purpose)
        for pause in self._pauses():
            if view.found == expected:
                break
            await asyncio.sleep(pause)
            view = await self.look(user, owned, verb, purpose=purpose)
        return view

    async def showing(self, user: Identity, owned: Owned, verb: str, marker: Marker, *, purpose: str = "") -> View:
        """Look again and again, for as long as a write may take to show, until the object holds a marker."""
        view = await self.look(user, owned, verb, purpose=purpose)
        for pause in self._pauses():
            if view.holds(marker):
                break
            await asyncio.sleep(pause)
            view = await self.look(user, owned, verb, purpose=purpose)
        return view

    async def missing(self, user: Identity, made: Sequence[Owned], verb: str) -> list[Owned]:
        """Look for objects until each was found, for as long as a write may take to show; return all others."""
        left = await self._still_missing(user, made, verb)
        for pause in self._pauses():
            if not left:
                break
            await asyncio.sleep(pause)
            left = await self._still_missing(user, left, verb)
        return left

    async def _still_missing(self, user: Identity, made: Sequence[Owned], verb: str) -> list[Owned]:
        return [owned for owned in made if not (await self.look(user, owned, verb, purpose=READ_BACK)).found]

    def _pauses(self) -> Iterator[float]:
        """Walk the seconds to wait before each further look, longer each time, until a write must have shown."""
        clock, pause = asyncio.get_running_loop().time, FIRST_PAUSE
        deadline = clock() + self.spec.settle
        while (left := deadline - clock()) > 0:
            yield min(pause, left)
            pause = min(2 * pause, LONGEST_PAUSE)

    def settled(self, owned: Owned) -> bool:
        """Whether an object is so old that it must show everywhere: before, one replica may have it and another not."""
        return self._unsettled(owned) <= 0

    async def settle(self, owned: Owned) -> None:
        """Wait until an object is so old that it must show everywhere."""
        await asyncio.sleep(max(0.0, self._unsettled(owned)))

    def _unsettled(self, owned: Owned) -> float:
        return self.spec.settle - (self.lab.session.client.recorder.now() - owned.created.done)

    async def pages(
        self,
        user: Identity,
        verb: str,
        *,
        parents: Sequence[Any] | None = None,
        owned: Owned | None = None,
        marker: Marker | None = None,
        limit: int | None = None,
        purpose: str = "",
    ) -> Listing:
        """Walk the pages of a list or a search, at most MAX_PAGES of them, until `owned` is on one.

        `marker` is what to search for where no object is looked for; `limit` the size of a page.
        """
        call = self._listing_call(verb)
        known = tuple(parents or ())
        variables = self._variables(user, owned.marker if owned else marker, owned.id if owned else None, known)
        exchanges: list[Exchange] = []
        items: list[Any] = []
        total: int | None = None
        request: Request | None = first_page(call, variables, known, limit)
        while request is not None and len(exchanges) < MAX_PAGES:
            exchange = await self.lab.send(user, request, purpose=f"{purpose}{NEXT_PAGE}" if exchanges else purpose)
            exchanges.append(exchange)
            document = requests.parsed(exchange.body)
            page = requests.array(document, call.items) or []
            items += page
            counted = requests.at(document, call.total) if call.total is not None else None
            total = counted if isinstance(counted, int) else total
            request = next_page(call, request, document, len(page), len(items)) if exchange.ok else None
            if owned is not None and any(str(requests.at(item, call.id)) == str(owned.id) for item in page):
                break
        ids = tuple(requests.at(item, call.id) for item in items)
        return Listing(exchanges=tuple(exchanges), items=tuple(items), ids=ids, total=total)

    def _listing_call(self, verb: str) -> ListCall:
        call: ListCall = self.spec.calls(verb)[0]  # type: ignore[assignment]  # list and search are ListCalls by the schema
        return call

    def unknown_id(self, owned: Owned) -> Any:
        """Return a well-formed identifier of the same shape as the object's, that nothing has."""
        if self.spec.unknown_id is not None:
            return requests.render(self.spec.unknown_id, {"nonce": secrets.token_hex(6), "uuid": str(uuid.uuid4())})
        return lookalike(owned.id)

    def lists(self, exchange: Exchange, owned: Owned, user: Identity, call: ListCall) -> bool:
        """Whether one page of a list or a search shows an object: by its marker, or as an item with its identifier."""
        if not exchange.ok:
            return False
        if owned.marker.in_bytes(exchange.body):
            return True
        items = requests.array(requests.parsed(exchange.body), call.items) or []
        same = (item for item in items if str(requests.at(item, call.id)) == str(owned.id))
        return any(not self._is_own(user, owned, item) for item in same)

    def _shows(self, exchange: Exchange, owned: Owned, user: Identity) -> bool:
        if not exchange.ok:
            return False
        if owned.marker.in_bytes(exchange.body):
            return True
        document = requests.parsed(exchange.body)
        same = any(str(value) == str(owned.id) for value in requests.values(document))
        return same and not self._is_own(user, owned, document)

    def _is_own(self, user: Identity, owned: Owned, item: Any) -> bool:
        """Whether an item with the identifier of another user's object is the looker's own: some number each user's."""
        if user == owned.owner or item is requests.MISSING:
            return False
        held = self.lab.session.markers.found(json.dumps(item).encode())
        return any(owner == self.lab.key(user) for _, owner in held)
