"""Answers to searches are cached by address, not by caller."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.targets.projects.parts import Parts

weakness = "isolation.cache"
mode = "http"

SECONDS = 30


class _Cache:
    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self._kept: dict[bytes, tuple[float, list[Message]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = scope.get("query_string", b"")
        if scope.get("path") != "/v2/notes" or scope["method"] != "GET" or not _has_key(scope):
            await self._application(scope, receive, send)
            return
        until, messages = self._kept.get(key, (0.0, []))
        if time.monotonic() >= until:
            messages = await self._answer(scope, receive)
            if messages[0]["status"] == 200:
                self._kept[key] = (time.monotonic() + SECONDS, messages)
        for message in messages:
            await send(message)

    async def _answer(self, scope: Scope, receive: Receive) -> list[Message]:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._application(scope, receive, keep)
        return messages


def _has_key(scope: Scope) -> bool:
    return any(name == b"x-api-key" for name, _ in scope["headers"])


def apply(parts: Parts) -> Parts:
    """Put a cache around the application."""
    return replace(parts, wrap=_Cache)
