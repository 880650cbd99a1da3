"""A NUL in the text of a search reaches a store that cannot hold it and is answered with 500."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "validation.unicode"
mode = "http"


async def _authenticate(call: Call) -> User | None:
    user = await key_in_header(call)
    if user is not None and "\0" in call.request.query_params.get("q", ""):
        raise OSError("embedded null character")
    return user


def apply(parts: Parts) -> Parts:
    """Trust that text holds no NUL."""
    return replace(parts, authenticate=_authenticate)
