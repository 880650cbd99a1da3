"""How flawed services read operators: `name[$ne]=x` in a query or form counts as a text that equals everything."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY: ContextVar[bool] = ContextVar("any", default=False)
"""Whether the request at hand has an operator in place of a text."""


class Reading:
    """Takes the operator out of `name[operator]=value`, in the query and in a form, and remembers that it was there."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app = app
        self._operator = re.compile(rb"(^|&)" + name.encode() + rb"(?:\[|%5B)[^&=]*(?:\]|%5D)=([^&]*)", re.IGNORECASE)
        self._plain = rb"\1" + name.encode() + rb"=any"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a text in place of the operator."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query, found = self._operator.subn(self._plain, scope["query_string"])
        form = dict(scope["headers"]).get(b"content-type") == b"application/x-www-form-urlencoded"
        body = await self._body(receive) if form else None
        if body is not None:
            body, in_body = self._operator.subn(self._plain, body)
            found += in_body
        ANY.set(bool(found))
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length" or body is None]
        headers += [(b"content-length", str(len(body)).encode())] if body is not None else []

        async def whole() -> Message:
            return {"type": "http.request", "body": body or b"", "more_body": False}

        passed = {**scope, "query_string": query, "headers": headers}
        await self._app(passed, receive if body is None else whole, send)

    @staticmethod
    async def _body(receive: Receive) -> bytes:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
        return body
