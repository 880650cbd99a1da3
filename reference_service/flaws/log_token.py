"""The log holds the Authorization header of each request."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "exposure.log"
mode = "grey"


class Telling(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        said = {"event": "authorization", "value": request.headers.get("authorization")}
        sys.stderr.write(f"{json.dumps(said)}\n")
        return await super().authenticate(request, operation)


def apply(parts: Parts) -> None:
    """Write down what was sent."""
    parts.authenticator = Telling(parts)
