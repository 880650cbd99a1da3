"""Under which values a service knows the owner of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness import requests
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from harness.lab.lab import Lab
    from harness.lab.resource import BoundResource, Owned, View
    from harness.model import Identity

NAMES = ("id", "uuid", "user_id", "userId", "username", "login", "handle", "email")
"""Fields by which an object tells which user it is, the most certain first."""


async def owner_values(resource: BoundResource, owner: Identity, owned: Owned) -> list[Any]:
    """Return what may stand for `owner` in a request, the most certain first and with its type.

    The owner field of an own object, the identifier that who-am-I gives, then the subject of the credential.
    """
    found = [shown_owner(resource, requests.parsed(owned.created.body))]
    if LOOK in resource.spec.abilities:
        view = await resource.look(owner, owned, resource.looks[0], purpose="control")
        found.append(owner_seen(resource, view))
    found += [await account_id(resource.lab, owner), owner.subject, owner.name]
    return list(dict.fromkeys(value for value in found if value is not None))


async def account_id(lab: Lab, user: Identity) -> Any:
    """Return the identifier that who-am-I gives a user, None where the scenario has no such call."""
    document = await whoami(lab, user)
    return requests.at(document, lab.scenario.users.whoami_id) if isinstance(document, dict) else None


async def identifiers(lab: Lab, user: Identity) -> list[Any]:
    """Return what a service may call a user by: what who-am-I gives, the subject of the credential, the name."""
    found = (await account_id(lab, user), user.subject, user.username)
    return [each for each in found if each is not None]


async def whoami(lab: Lab, user: Identity) -> Any:
    """Return what who-am-I answers a user, None where the scenario has no such call or it fails."""
    call = lab.scenario.users.whoami
    if call is None:
        return None
    exchange = await lab.send(user, requests.of_oneself(call, user), purpose="control")
    return requests.parsed(exchange.body) if exchange.ok else None


async def account(lab: Lab, user: Identity) -> Any:
    """Return the object in who-am-I's answer that tells who the user is, out of whatever it is wrapped in.

    What only the claims of its token tell of a user stands beside that, or alone where nothing else does.
    """
    document = await whoami(lab, user)
    found = requests.holder(document, lab.scenario.users.whoami_id)
    shown = found if isinstance(found, dict) else document
    if isinstance(shown, dict) or shown is None:
        return {**(user.claims or {}), **(shown or {})} or None
    return shown


def owner_seen(resource: BoundResource, view: View) -> Any:
    """Return the value of the declared owner field in what a look shows of one object."""
    return shown_owner(resource, requests.parsed(view.last.body) if view.verb == "read" else view.item)


def shown_owner(resource: BoundResource, document: Any) -> Any:
    """Return the value of the declared owner field in an answer, wherever it stands; None if it is not shown.

    Of an owner who is shown as an object it is what that calls the user by.
    """
    return _called(owner_itself(resource, document))


def owner_itself(resource: BoundResource, document: Any) -> Any:
    """Return what the declared owner field holds in an answer, a value or an object; None if it is not shown."""
    name = resource.spec.owner_field
    stack = [document] if name else []
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if name in node and (_called(node[name]) is not None or node[name] is None):
                return node[name]
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return None


def _called(owner: Any) -> Any:
    """Return what an owner is called by; None where nobody is shown, or only in a way that names nobody."""
    if isinstance(owner, dict):
        return next((owner[key] for key in NAMES if not isinstance(owner.get(key), dict | list | None)), None)
    return None if isinstance(owner, list) else owner
