"""Mass assignment (OWASP API3:2023, CWE-915): fields of an object that are not the caller's to set, by read-back.

Which fields those are is taken from what the service shows of an object and its document does not accept; who owns it
is judged by who can then see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks.authorization._words import decisive
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab.ownership import owner_seen, owner_values
from harness.lab.resource import text_place, with_fields
from harness.model import Needs, Severity
from harness.openapi.shapes import properties
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

OWNER = (
    "owner_id",
    "user_id",
    "owner",
    "user",
    "ownerId",
    "userId",
    "author_id",
    "account_id",
    "created_by",
    "tenant_id",
)
NOT_SET = frozenset({"id", "etag", "version", "revision", "links", "_links", "self", "href", "url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What may be set on one operation: owner values of the other user, and the fields that are not the caller's."""

    resource: BoundResource
    call: Call
    alice: Identity
    bob: Identity
    owners: tuple[Any, ...]
    owner_names: tuple[str, ...]
    protected: dict[str, Any]
    readable: bool

    @property
    def look(self) -> str:
        """The verb by which objects are read back."""
        return self.resource.looks[0]

    @property
    def about(self) -> dict[str, Any]:
        """What observations of this operation have in common."""
        return {"operation": self.call.operation, "users": (self.alice.name, self.bob.name)}


@check(
    severity=Severity.HIGH,
    catches=["authorization.mass-assignment"],
    needs=Needs(users=2, operations=("create", LOOK)),
    owasp="API3:2023",
    cwe=915,
)
async def mass_assignment(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot set the owner of an object, nor a field that is not the user's to set."""
    for resource in lab.resources_with("create", LOOK):
        alice, bob = await lab.two_users()
        hers, his = await resource.create(alice), await resource.create(bob)
        read = await resource.seen(bob, his, resource.looks[0])
        owners = await owner_values(resource, alice, hers)
        readable = (await resource.look(alice, his, resource.looks[0], purpose="control")).found
        for verb in ("create", "update"):
            for call in resource.spec.calls(verb):
                if not read.found:
                    sentence = f"{bob.name} does not read an own {resource.name} ({status_of(read.last)})"
                    yield inconclusive(call.operation, "no-control", sentence, read.last)
                    continue
                plan = _plan(resource, call, (alice, bob), owners, read, readable=readable)
                plain, _ = await _set(plan, verb, {})
                if not plain.ok:
                    sentence = f"{call.operation} fails for {bob.name} without any such field ({status_of(plain)})"
                    yield inconclusive(call.operation, "no-control", sentence, plain, **plan.about)
                    continue
                yield await _owner(plan, verb)
                for observation in await _fields(plan, verb):
                    yield observation


def _plan(
    resource: BoundResource,
    call: Call,
    users: tuple[Identity, Identity],
    owners: list[Any],
    read: View,
    *,
    readable: bool,
) -> Plan:
    declared = (resource.spec.owner_field,) if resource.spec.owner_field else ()
    accepted = _accepted(resource.lab, call)
    protected = dict(_protected(read.item, accepted, declared)) if accepted else {}
    return Plan(
        resource=resource,
        call=call,
        alice=users[0],
        bob=users[1],
        owners=tuple(owners),
        owner_names=tuple(dict.fromkeys((*declared, *OWNER))),
        protected=protected,
        readable=readable,
    )


def _accepted(lab: Lab, call: Call) -> set[str]:
    """Return the names of the fields that the document lets a caller send, empty where it does not say (or any)."""
    operation, root = lab.operation(call.operation), lab.session.document.root if lab.session.document else {}
    names: set[str] = set()
    for body in operation.bodies if operation else ():
        schema: Any = body.schema
        for wrapper in text_place(call.body) if isinstance(call.body, dict) else ():
            schema = properties(root, schema).get(wrapper)
        if isinstance((schema or {}).get("additionalProperties"), dict):
            return set()
        found = properties(root, schema)
        names |= {name for name, one in found.items() if not one.get("readOnly")}
    return names


def _protected(shown: dict[str, Any], accepted: set[str], owner: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield each shown field that nobody may send, with another value of the same type."""
    for name, value in shown.items():
        if name in accepted or name in NOT_SET or name in owner or name.endswith(("_id", "Id")):
            continue
        if isinstance(value, bool):
            yield name, not value
        elif isinstance(value, int | float):
            yield name, value + 1_000_003
        elif isinstance(value, str) and decisive(name):
            yield name, "admin"


async def _owner(plan: Plan, verb: str) -> Observation:
    """Name the other user as the owner, in every usual field at once and, where that is refused, one by one."""
    tried, refused, last = 0, 0, None
    for owner in plan.owners:
        everything = dict.fromkeys(plan.owner_names, owner)
        first, *_ = outcome = await _set(plan, verb, everything)
        attempts = [outcome]
        if not first.ok:
            attempts += [await _set(plan, verb, {name: owner}) for name in plan.owner_names]
        for exchange, owned in attempts:
            tried, refused, last = tried + 1, refused + (not exchange.ok), exchange
            if owned is None or not exchange.ok:
                continue
            taken = await plan.resource.look(plan.alice, owned, plan.look, purpose="read-back")
            kept = await plan.resource.seen(plan.bob, owned, plan.look)
            lost = not kept.found and plan.look == "read"  # a list may have no room for it any more
            if (taken.found and not plan.readable) or lost:
                what = f"{plan.alice.name} then has" if kept.found else f"{plan.bob.name} no longer has"
                sentence = f"{plan.bob.name} names another owner in {plan.call.operation}, and {what} the object"
                return failed(plan.call.operation, sentence, owned.created, exchange, taken.last, **plan.about)
            if plan.resource.spec.owner_field is not None and owner_seen(plan.resource, kept) == owner:
                sentence = f"{plan.bob.name} sets by {plan.call.operation} that {plan.alice.name} is shown as the owner"
                return failed(plan.call.operation, sentence, owned.created, exchange, kept.last, **plan.about)
    if plan.readable and plan.resource.spec.owner_field is None:
        sentence = f"{plan.alice.name} reads what {plan.bob.name} owns anyhow, so whose it is cannot be seen"
        if plan.resource.spec.readable:
            return skipped(plan.call.operation, "not-applicable", sentence, **plan.about)
        return inconclusive(plan.call.operation, "no-control", sentence, *([last] if last else []), **plan.about)
    sentence = (
        f"naming {plan.alice.name} as the owner in {plan.call.operation} gives her nothing and takes nothing from "
        f"{plan.bob.name} ({tried} requests, {refused} refused)"
    )
    return passed(plan.call.operation, sentence, *([last] if last else []), **plan.about)


async def _set(plan: Plan, verb: str, fields: dict[str, Any]) -> tuple[Exchange, Owned | None]:
    """Create or change an object of Bob's with additional fields; return what was answered, and the object."""
    resource, bob = plan.resource, plan.bob
    if verb == "create":
        return await resource.try_create(bob, extra=fields, purpose="attempt")
    owned = await resource.create(bob)
    request = resource.request("update", owned, call=with_fields(plan.call, fields))
    return await resource.lab.send(bob, request, purpose="attempt"), owned


async def _fields(plan: Plan, verb: str) -> list[Observation]:
    """Set the fields that are not the caller's, all at once and, where that is refused, one by one."""
    if not plan.protected:
        return []
    exchange, owned = await _set(plan, verb, plan.protected)
    tried = [(plan.protected, exchange, owned)]
    if not exchange.ok:
        tried = [({name: value}, *await _set(plan, verb, {name: value})) for name, value in plan.protected.items()]
    observations = []
    for fields, answer, target in tried:
        if answer.ok and target is not None:
            read = await plan.resource.look(plan.bob, target, plan.look, purpose="read-back")
            shown = read.item
            observations += [
                failed(
                    f"{plan.call.operation}: {name}",
                    f"{plan.bob.name} sets {name} by {plan.call.operation}, which takes no such field by its document",
                    target.created,
                    answer,
                    read.last,
                    severity=Severity.HIGH if decisive(name) else Severity.MEDIUM,
                    **plan.about,
                )
                for name, value in fields.items()
                if name in shown and shown[name] == value
            ]
    if observations:
        return observations
    sentence = f"{', '.join(plan.protected)} cannot be set by {plan.call.operation}"
    return [passed(f"{plan.call.operation}: fields", sentence, exchange, **plan.about)]
