"""What a POST with X-HTTP-Method-Override deletes is deleted for its owner, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects import statements
from tests.targets.projects.overrides import OVERRIDDEN
from tests.targets.projects.parts import key_in_header

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "isolation.delete"
mode = "http"


async def _owner(call: Call) -> User | None:
    caller = await key_in_header(call)
    if caller is None or not call.request.scope.get(OVERRIDDEN) or call.operation != "project.delete":
        return caller
    row = call.store.row(statements.PROJECT_UNCHECKED, {"project_id": call.request.path_params["project_id"]})
    return caller if row is None else replace(caller, id=row["owner_id"])


def apply(parts: Parts) -> Parts:
    """Take the owner for the caller where the method came in a header."""
    return replace(parts, authenticate=_owner)
