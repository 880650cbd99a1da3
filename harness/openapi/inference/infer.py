"""The whole inference: roles of routes, families of operations, resources, users, and what is left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.accounts import Accounts
from harness.openapi.inference.calls import Caller
from harness.openapi.inference.destruction import destruction, is_shared
from harness.openapi.inference.errors import errors_spec
from harness.openapi.inference.families import Family, families_by_path, take_puts
from harness.openapi.inference.identifiers import required_things
from harness.openapi.inference.links import Linker
from harness.openapi.inference.owned_lists import take_owned_lists
from harness.openapi.inference.resources import Builder
from harness.openapi.inference.routes import CHANGES_OWN, is_privileged, service_rank, service_role, user_role
from harness.openapi.inference.users import UserFinder
from harness.openapi.inference.values import Inference, InferredResource
from harness.openapi.inference.words import about
from harness.openapi.references import resolve
from harness.scenario.schema import LimitHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Operation
    from harness.openapi.document import Document

EXERCISED = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
PRIVILEGED = "privileged"
_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "correlation-id", "x-trace-id", "traceparent")


@dataclass(slots=True)
class _Sorted:
    """The operations of a document by what is thought of them at first sight."""

    roles: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    destructive: dict[str, str] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    service: dict[str, str] = field(default_factory=dict)
    left: list[Operation] = field(default_factory=list)


def infer(document: Document) -> Inference:
    """Return what the document tells about resources, users and the service, with the evidence, and what it does not.

    1. Routes about the service, the acting user or everybody's data are set apart.
    2. The others are grouped by the shape of their paths, then linked by the names of identifiers.
    3. Each group that can be created becomes a resource; a required body is filled with valid values.
    4. Users: where the credential goes, log-in, sign-up, who-am-I.
    """
    first = _sorted(document)
    caller = Caller(root=document.root, credential_headers=_credential_headers(document))
    families, loose = families_by_path(first.left, document.root)
    take_owned_lists(families, loose, document.root)
    reasons = first.reasons | Linker(document.root, families).link(loose)
    take_puts(families)
    builder = Builder(document.root, caller)
    accounts = Accounts(document.root, caller, set(first.roles.values()))
    resources = _resources(builder, families, accounts)
    for operation in document.operations:
        if first.roles.get(operation.id) == CHANGES_OWN:
            accounts.take_own(operation)
    finder = UserFinder(document, caller, first.roles)
    privileged = tuple(name for name, role in first.roles.items() if role == PRIVILEGED)
    users = replace(
        finder.users(),
        privileged=(*privileged, *accounts.privileged),
        account=tuple(accounts.calls),
        accounts=tuple(accounts.reads),
    )
    understood = {**first.roles, **builder.roles, **accounts.roles}
    reasons |= builder.reasons | finder.reasons | accounts.reasons
    understood = {name: role for name, role in understood.items() if name not in finder.reasons}
    _heads(document, understood, reasons)
    excluded = tuple(name for name in first.shared if name not in understood)
    return Inference(
        resources=tuple(resources),
        users=users,
        understood={one.id: understood[one.id] for one in document.operations if one.id in understood},
        not_understood=_gaps(document, understood, reasons),
        destructive={name: why for name, why in first.destructive.items() if name not in excluded},
        excluded=excluded,
        public=tuple(
            one.id
            for one in document.operations
            if one.secured is False and one.id not in {*excluded, *builder.private}
        ),
        ready=first.service.get("ready"),
        version=first.service.get("version"),
        metrics=first.service.get("metrics"),
        limit_headers=_limit_headers(document),
        request_id=_documented_header(document, _REQUEST_IDS),
        errors=errors_spec(document),
        evidence=tuple(f"{role}: {name}, by its path" for role, name in first.service.items()),
        problems=document.problems,
    )


def _gaps(document: Document, understood: dict[str, str], reasons: dict[str, str]) -> dict[str, str]:
    left = [one.id for one in document.operations if one.id not in understood]
    return {name: reasons.get(name, "what it does was not understood") for name in left}


def _sorted(document: Document) -> _Sorted:
    first = _Sorted()
    for operation in document.operations:
        service = service_role(operation)
        role = service or user_role(operation, document.root)
        if service is not None:
            first.service[service] = min(first.service.get(service, operation.id), operation.id, key=service_rank)
        why = destruction(operation, role)
        if why is not None:
            first.destructive[operation.id] = why
        if is_shared(operation, role):
            first.shared.append(operation.id)
        if role is not None:
            first.roles[operation.id] = role
        elif operation.method not in EXERCISED:
            first.reasons[operation.id] = f"{operation.method} is not exercised by itself"
        elif is_privileged(operation) and operation.id not in first.shared:
            first.roles[operation.id] = PRIVILEGED
        elif why is not None and operation.method != "DELETE":
            first.reasons[operation.id] = f"destructive: {why}"
        else:
            first.left.append(operation)
    return first


def _resources(builder: Builder, families: list[Family], accounts: Accounts) -> list[InferredResource]:
    """Build parents before children, whether a path or a required field makes them that."""
    resources = []
    parents: dict[str, Family] = {}
    accounts.take_guests(families)
    for family in _ordered(families, builder.root):
        if accounts.has(family):
            accounts.take(family)
            continue
        if accounts.lets_in(family):
            continue
        found = builder.build(family, parents)
        if found is not None:
            resources.append(found)
            parents[found.spec.name] = family
    return resources


def _ordered(families: list[Family], root: Mapping[str, Any]) -> list[Family]:
    """Return every family after those it is below or whose identifiers its creation requires."""
    done: dict[int, Family] = {}
    waiting: dict[int, list[Family]] = {id(family): _depends_on(family, families, root) for family in families}
    stack = list(reversed(families))
    while stack:
        family = stack[-1]
        needed = [one for one in waiting.pop(id(family), ()) if id(one) not in done and id(one) in waiting]
        if needed:
            stack.extend(needed)
            continue
        done.setdefault(id(family), stack.pop())
    return list(done.values())


def _depends_on(family: Family, families: list[Family], root: Mapping[str, Any]) -> list[Family]:
    stems = {of for one in family.operations.get("create", ()) for of in required_things(one, root).values()}
    named = [one for one in families if one is not family and stems and any(about(of, one.thing) for of in stems)]
    return [family.parent, *named] if family.parent is not None else named


def _heads(document: Document, understood: dict[str, str], reasons: dict[str, str]) -> None:
    """A HEAD is understood where its GET is."""
    for operation in document.operations:
        role = understood.get(f"GET {operation.path}")
        if operation.method == "HEAD" and role is not None:
            understood[operation.id] = f"{role} (headers only)"
            reasons.pop(operation.id, None)


def _credential_headers(document: Document) -> frozenset[str]:
    schemes = [resolve(document.root, one) for one in document.security_schemes.values()]
    names = [one.get("name") for one in schemes if one.get("type") == "apiKey" and one.get("in") == "header"]
    return frozenset(name.lower() for name in names if isinstance(name, str))


def _limit_headers(document: Document) -> LimitHeaders | None:
    """Return the fullest set of headers named alike: X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset."""
    names = {name for one in document.operations for response in one.responses for name in response.headers}
    sets: dict[str, dict[str, str]] = {}
    for name in sorted(names, reverse=True):
        head, _, last = name.lower().rpartition("-")
        if last in {"limit", "remaining", "reset"} and {"rate", "ratelimit", "quota"} & set(head.split("-")):
            sets.setdefault(head, {})[last] = name
    if not sets:
        return None
    head = max(sets, key=lambda one: len(sets[one]))
    retry = next((name for name in names if name.lower() == "retry-after"), "Retry-After")
    # The IETF draft counts seconds; services with names of their own mostly tell the time of day.
    reset_is = "seconds" if head == "ratelimit" else "epoch"
    return LimitHeaders.model_validate({**sets[head], "retry_after": retry, "reset_is": reset_is})


def _documented_header(document: Document, wanted: tuple[str, ...]) -> str | None:
    names = {
        name.lower(): name for one in document.operations for response in one.responses for name in response.headers
    }
    return next((names[one] for one in wanted if one in names), None)
