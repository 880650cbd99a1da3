"""The requests of a resource: its calls, filled with what is known of an object and its owner."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.scenario.schema import ActionCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.lab.lab import Lab
    from harness.lab.markers import Marker
    from harness.lab.resource.objects import Owned
    from harness.model import Identity, Request
    from harness.scenario.schema import Call, ResourceSpec

LARGEST_NUMBER = 2**31
COLLECTION = frozenset({"create", "list", "search"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A resource of the scenario, and the requests that can be made of it."""

    lab: Lab
    spec: ResourceSpec
    _parents: dict[str, Owned] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in the scenario."""
        return self.spec.name

    def operation(self, verb: str) -> str:
        """Return the id of the (first) operation of a verb."""
        return self.spec.calls(verb)[0].operation

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

    def admission(self, owned: Owned, guest: Identity) -> Request:
        """Return the request that lets a guest see an object."""
        known = requests.naming(guest)
        named = {"guest": known["user"], "guest_number": known["user_number"], "guest_name": known["username"]}
        variables = self._variables(owned.owner, owned.marker, owned.id, owned.parents)
        return requests.build(self.spec.calls("admit")[0], variables | named, owned.path_values)

    def bulk_request(self, call: Call, base: Owned, ids: Sequence[Any]) -> Request:
        """Return the request of a call on the objects of these identifiers; all else is as for `base`."""
        variables = self._variables(base.owner, base.marker, base.id, base.parents)
        variables |= {"ids": list(ids), "id_list": ",".join(map(str, ids))}
        return requests.build(call, variables, base.parents)

    def _variables(
        self, user: Identity, marker: Marker | None, identifier: Any, parents: Sequence[Any]
    ) -> dict[str, Any]:
        variables: dict[str, Any] = {
            "nonce": secrets.token_hex(6),
            "uuid": str(uuid.uuid4()),
            "number": secrets.randbelow(LARGEST_NUMBER),
            **requests.naming(user),
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
