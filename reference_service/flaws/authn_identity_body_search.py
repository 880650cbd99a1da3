"""A field `user_id` in the body of a search says whose files are searched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reference_service import strict_json
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "isolation.search"
mode = "http"
NAMES = ("user_id", "owner_id")


class Trusting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        principal = await super().authenticate(request, operation)
        if operation != "search_files":
            return principal
        try:
            body = json.loads(await request.body())
        except ValueError:
            return principal
        named = [body[name] for name in NAMES if isinstance(body, dict) and isinstance(body.get(name), str)]
        return Principal(user_id=named[0] if named else principal.user_id, tier=principal.tier)


def without(body: bytes) -> Any:
    """Decode a body and take the names of the owner away, which the schema does not know."""
    value = strict_json.decode(body)
    return {name: item for name, item in value.items() if name not in NAMES} if isinstance(value, dict) else value


def apply(parts: Parts) -> None:
    """Believe a field."""
    parts.authenticator = Trusting(parts)
    parts.json_decoder = without
