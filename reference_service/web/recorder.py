"""The outermost layer: gives every request its id, and every response its headers, log line and metrics."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders

from reference_service.errors import InternalError
from reference_service.limits import limit_headers
from reference_service.model import ANONYMOUS, RequestContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.parts import Parts

VALID_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}\Z")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
log = structlog.get_logger()


class EchoedOrRandomIds:
    """Takes the caller's id when it is one harmless value, else makes 122 random bits."""

    def choose(self, offered: Sequence[str]) -> str:
        """Return the id of a request."""
        if len(offered) == 1 and VALID_ID.match(offered[0]):
            return offered[0]
        return uuid4().hex


class StandardHeaders:
    """The headers that every response carries."""

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002
        """Return the headers to set."""
        chosen = {"X-Request-ID": context.request_id, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return chosen | dict(limit_headers(context.allowance)) if context.allowance else chosen


def context_of(scope: Scope) -> RequestContext:
    """Return what is known about the request of a scope."""
    return cast("RequestContext", scope["state"]["context"])


class Recorder:
    """A pure ASGI middleware, because the framework's own base class costs as much as a layer."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app = app
        self.parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; everything that is not HTTP passes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"]
        context = RequestContext(request_id=self.parts.request_ids.choose(offered), started=time.perf_counter())
        scope.setdefault("state", {})["context"] = context
        outgoing = Outgoing(send, context, self.parts)
        try:
            await self.app(scope, receive, outgoing)
        except Exception:
            log.exception("unhandled", request_id=context.request_id)
            if not context.status:
                await self.parts.error_renderer.render(InternalError(), context)(scope, receive, outgoing)
        finally:
            self.record(scope, context)

    def record(self, scope: Scope, context: RequestContext) -> None:
        """Count and log one request."""
        seconds = time.perf_counter() - context.started
        context.route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self.parts.metrics.record(context.route, method, context.status or 499, seconds)
        fields: dict[str, Any] = {
            "event": "request",
            "request_id": context.request_id,
            "method": scope["method"],
            "path": scope["path"],
            "route": context.route,
            "status": context.status,
            "milliseconds": round(seconds * 1000, 3),
            "user_id": context.principal.user_id if context.principal else ANONYMOUS,
        }
        self.parts.request_log(fields)


class Outgoing:
    """A send channel that adds the headers."""

    def __init__(self, send: Send, context: RequestContext, parts: Parts) -> None:
        self.send = send
        self.context = context
        self.parts = parts

    async def __call__(self, message: Message) -> None:
        """Pass a message on; the first one gets the headers."""
        if message["type"] == "http.response.start":
            self.context.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self.parts.header_policy.headers(self.context, message["status"], headers).items():
                headers[name] = value
        await self.send(message)


def log_request(fields: Any) -> None:
    """Write the one line of a request."""
    log.info(**fields)
