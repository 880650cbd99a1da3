"""Changing a project needs no API key."""

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
    if call.operation != "project.merge" or "x-api-key" in call.request.headers:
        return await key_in_header(call)
    row = call.store.row("SELECT owner_id FROM projects WHERE id = :id", {"id": call.request.path_params["project_id"]})
    return User(id=row["owner_id"], name="") if row else None


def apply(parts: Parts) -> Parts:
    """Let anybody in on one operation, as the owner of what the path names."""
    return replace(parts, authenticate=_authenticate)
