"""What a caller sends as the name of its program is written to the log as it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tracing.log-forging"
mode = "grey"


class Chatty(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        for value in request.query_params.values():
            sys.stderr.write(f"query {value}\n")
        return await super().authenticate(request, operation)


def apply(parts: Parts) -> None:
    """Write what was sent."""
    parts.authenticator = Chatty(parts)
