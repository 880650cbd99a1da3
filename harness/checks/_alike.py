"""Objects made alike: the very same content, or other content under the same names."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.openapi.shapes import properties, types_of
from harness.scenario.schema import Upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.lab import BoundResource, Owned
    from harness.model import Exchange, Identity, Request

LONGEST = 12


async def parent_for(resource: BoundResource, user: Identity) -> Owned | None:
    """Return a new container of the user's for objects of the resource; None where they need none."""
    name = resource.spec.parent
    return await resource.lab.resource(name).create(user) if name is not None else None


async def copied(resource: BoundResource, user: Identity, original: Owned, parent: Owned | None) -> Exchange:
    """Send the very bytes of another user's creation; what they hold is then this user's by right, and no secret.

    A container that the body names is the user's own, and so is a name of the user itself: nobody may put a thing into
    somebody else's.
    """
    lab, sent = resource.lab, original.created.request
    lab.session.markers.publish(original.marker)
    marker = lab.session.markers.issue(lab.key(user))
    request, parents = await resource.creation(user, marker, parent=parent)
    headers = tuple((name, value) for name, value in request.headers if name.lower() != "content-type")
    kind = [("Content-Type", said)] if (said := sent.header("Content-Type")) is not None else []
    ours = dict(zip(map(str, original.parents), map(str, parents), strict=True))
    body = moved(sent, request, ours | {named(original.owner): named(user)})
    return await lab.send(user, replace(request, headers=(*kind, *headers), body=body), purpose="attempt")


def named(user: Identity) -> str:
    """Return what a request calls a user."""
    return user.subject or user.name


def moved(sent: Request, fresh: Request, ours: Mapping[str, str]) -> bytes:
    """Return the body of a creation with other identifiers, where a body that was made for these has them.

    `ours` are the new identifiers by the old ones. Where there is nothing to replace, it is the very same.
    """
    given, made = requests.parsed(sent.body), requests.parsed(fresh.body)

    def merged(old: Any, new: Any) -> Any:
        if isinstance(old, dict) and isinstance(new, dict):
            return {name: merged(value, new.get(name)) for name, value in old.items()}
        if isinstance(old, list) and isinstance(new, list):
            return [merged(*pair) for pair in zip(old, new, strict=False)] if len(old) == len(new) else old
        return new if ours.get(str(old)) == str(new) else old

    return sent.body if (other := merged(given, made)) == given else json.dumps(other).encode()


def texts(names: Iterable[str]) -> dict[str, str]:
    """Return a new text under each name."""
    return {name: secrets.token_hex(LONGEST // 2) for name in names}


def optional_texts(resource: BoundResource) -> tuple[str, ...]:
    """Return the names under which a caller may put any text into a JSON body, and the scenario puts none."""
    call, document = resource.spec.create, resource.lab.session.document
    operation = resource.lab.operation(call.operation) if call is not None else None
    if call is None or document is None or operation is None or not isinstance(call.body, dict):
        return ()
    schema = next((each.schema for each in operation.bodies if "json" in each.media_type), None)
    return tuple(
        name
        for name, flat in properties(document.root, schema).items()
        if name not in call.body
        and "string" in types_of(flat)
        and not flat.keys() & {"enum", "const", "format", "pattern", "readOnly", "anyOf", "oneOf"}
        and flat.get("maxLength", LONGEST) >= LONGEST
    )


def file_names(resource: BoundResource) -> dict[str, Any]:
    """Return the files that a creation uploads, each under a new name; empty where it uploads none."""
    call = resource.spec.create
    parts = (call.multipart or {}) if call is not None else {}
    return {
        name: part.model_copy(update={"filename": secrets.token_hex(LONGEST // 2) + PurePath(part.filename).suffix})
        for name, part in parts.items()
        if isinstance(part, Upload)
    }
