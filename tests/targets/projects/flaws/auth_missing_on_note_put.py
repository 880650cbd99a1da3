"""Replacing a note needs no key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header
from tests.targets.projects.store import User

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "authentication.missing"
mode = "http"


async def _authenticate(call: Call) -> User | None:
    user = await key_in_header(call)
    if user is not None or call.operation != "note.replace":
        return user
    note = call.request.path_params["note_id"]
    row = call.store.row("SELECT owner_id AS id, '' AS name FROM notes WHERE id = :note", {"note": note})
    return User(**row) if row else None


def apply(parts: Parts) -> Parts:
    """Take the owner from the row."""
    return replace(parts, authenticate=_authenticate)
