"""The API key is accepted from the query string, where logs and histories keep it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "tokens.placement"
mode = "http"


async def _authenticate(call: Call) -> User | None:
    key = call.request.query_params.get("api_key")
    if key and "x-api-key" not in call.request.headers:
        return call.store.user_of_key(key)
    return await key_in_header(call)


def apply(parts: Parts) -> Parts:
    """Look for the key elsewhere."""
    return replace(parts, authenticate=_authenticate)
