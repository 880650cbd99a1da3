"""The log holds all of each request with a body that was refused, its headers too."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "exposure.log"
mode = "grey"
ERROR = 400


def logging(app: ASGIApp) -> ASGIApp:
    """Write down what was refused."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def reading() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= ERROR and body:
                said = {"event": "refused", "headers": str(scope["headers"]), "body": str(body[:1000])}
                sys.stderr.write(f"{json.dumps(said)}\n")
            await send(message)

        await app(scope, reading, sending)

    return logged


def apply(parts: Parts) -> None:
    """Help whoever looks for errors."""
    parts.middleware = (*parts.middleware, logging)
