"""HEAD and OPTIONS are supported wherever they make sense, and documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders

from reference_service.benign._shared import documenting
from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

mode = "benign"
touches = ["contract", "isolation", "authentication", "errors", "tracing", "cors", "caching", "tokens"]


class Heads:
    """Answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, bare)


def options(answer: Answer) -> None:
    """Answer OPTIONS with what a path offers, and let 405 name it as well."""
    if answer.status != 405:
        return
    allowed = [each.strip() for each in answer.headers.get("allow", "").split(",") if each.strip()]
    offered = sorted({*allowed, "OPTIONS", *(["HEAD"] if "GET" in allowed else [])})
    answer.headers["allow"] = ", ".join(offered)
    if answer.method == "OPTIONS":
        answer.status, answer.body = 204, b""
        kept = [(name, value) for name, value in answer.headers.raw if not name.lower().startswith(b"content-")]
        answer.headers = MutableHeaders(raw=kept)


def document(known: dict[str, Any]) -> None:
    """Add both to every path."""
    for path in known["paths"].values():
        first = next(iter(path.values()))
        shared = {"tags": first["tags"], "security": []}
        if "get" in path:
            read = path["get"]
            responses = {status: _bare(each) for status, each in read["responses"].items()}
            path["head"] = {**read, "operationId": f"{read['operationId']}_head", "responses": responses}
        name = f"{first['operationId']}_options"
        answers = {"204": {"description": "What is offered"}}
        held = [each for each in first.get("parameters", []) if each["in"] == "path"]
        path["options"] = {**shared, "operationId": name, "parameters": held, "responses": answers}


def _bare(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "content"}


def apply(parts: Parts) -> None:
    """Put both in front of the routes."""
    parts.middleware = (*parts.middleware, documenting(document), rewriting(options), Heads)
