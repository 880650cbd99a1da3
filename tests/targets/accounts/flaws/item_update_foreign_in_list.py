"""Changes go into the list's copy of the titles before anybody asks whose item it is; what is read stays as it was."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "isolation.update"
mode = "http"

LISTING: ContextVar[bool] = ContextVar("listing", default=False)


class _Noting:
    def __init__(self, app: ASGIApp, known: dict[str, str]) -> None:
        self.app, self.known = app, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note what a change says, and whether the request at hand is for a list."""
        LISTING.set(scope.get("path") == "/items")

        async def noted() -> Message:
            message = await receive()
            if scope["method"] == "PATCH" and message.get("body"):
                self.note(scope["path"], message["body"])
            return message

        await self.app(scope, noted if scope["type"] == "http" else receive, send)

    def note(self, path: str, body: bytes) -> None:
        try:
            self.known[path.rpartition("/")[2]] = str(json.loads(body)["title"])
        except (ValueError, KeyError, TypeError):
            return


def apply(parts: Parts) -> Parts:
    """Show the copy in lists."""
    known: dict[str, str] = {}

    def show(item: Item) -> dict[str, Any]:
        shown = parts.show_item(item)
        return {**shown, "title": known.get(shown["id"], shown["title"])} if LISTING.get() else shown

    return replace(parts, show_item=show, wrap=lambda app: _Noting(app, known))
