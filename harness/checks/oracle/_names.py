"""Whether a refusal is about a name alone: unique names are known to be taken wherever they are unique by design."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import requests

if TYPE_CHECKING:
    from harness.lab import BoundResource, Owned
    from harness.model import Exchange, Identity, Request

NAMES = re.compile(r"(^|_)(name|username|login|handle|slug|email|domain|host|alias|code|key|sku|title)$", re.IGNORECASE)


async def taken_name(resource: BoundResource, user: Identity, refused: Exchange, parent: Owned | None) -> str | None:
    """Return the one field of a refused create whose value decides, None where the content as a whole does.

    With that field new and all else as before it is accepted; with all else new and that field as before it is not.
    Where there is nothing else, or the scenario does not speak of it, only a field with a usual name of names decides.
    """
    before, known = _fields(refused.request), _fields(await _fresh(resource, user, parent))
    fresh = {**{name: secrets.token_hex(6) for name in before}, **known}
    changing = [name for name, value in before.items() if isinstance(value, str) and fresh.get(name) != value]
    for name in changing:
        if not NAMES.search(name) and (len(changing) == 1 or name not in known):
            continue
        renamed = await _create(resource, user, refused.request, {**before, name: fresh[name]}, parent)
        others = {**before, **{other: fresh[other] for other in changing if other != name}}
        rewritten = await _create(resource, user, refused.request, others, parent)
        if renamed.ok and rewritten.status == refused.status:
            return name
    return None


async def _fresh(resource: BoundResource, user: Identity, parent: Owned | None) -> Request:
    marker = resource.lab.session.markers.issue(resource.lab.key(user))
    return (await resource.creation(user, marker, parent=parent))[0]


def _fields(request: Request) -> dict[str, Any]:
    """Return the fields of a JSON object, none of anything else."""
    document = requests.parsed(request.body)
    return document if isinstance(document, dict) else {}


async def _create(
    resource: BoundResource, user: Identity, like: Request, fields: dict[str, Any], parent: Owned | None
) -> Exchange:
    exchange = await resource.lab.send(user, replace(like, body=json.dumps(fields).encode()), purpose="attempt")
    await resource.keep(user, exchange, parent)
    return exchange
