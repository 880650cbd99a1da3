"""What stands before every private operation: first the token, then the limiter, and only then the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import structlog
from fastapi.routing import APIRoute
from starlette.requests import Request

from reference_service.errors import InvalidToken, LimitExceeded, ValidationFailed
from reference_service.web.recorder import context_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine

    from starlette.responses import Response

    from reference_service.model import Principal
    from reference_service.parts import Parts

MAX_JSON_BYTES = 256 * 1024
log = structlog.get_logger()


class StrictRequest(Request):
    """A request whose JSON is decoded strictly, and whose JSON body is bounded."""

    async def json(self) -> Any:
        """Return the decoded body; raise json.JSONDecodeError."""
        return parts_of(self).json_decoder(await self.body())

    async def body(self) -> bytes:
        """Return the body; raise ValidationFailed when it is larger than any JSON that an operation takes."""
        if not hasattr(self, "_body"):
            collected = bytearray()
            async for chunk in self.stream():
                collected += chunk
                if len(collected) > MAX_JSON_BYTES:
                    raise ValidationFailed(f"The body is larger than {MAX_JSON_BYTES} bytes.")
            self._body = bytes(collected)
        return self._body


class PublicRoute(APIRoute):
    """An operation that anybody may call."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which notes the operation first."""
        handle = super().get_route_handler()
        name = self.name

        async def noted(request: Request) -> Response:
            context_of(request.scope).operation = name
            return await handle(StrictRequest(request.scope, request.receive))

        return noted


class PrivateRoute(APIRoute):
    """An operation that needs a token and costs quota."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, behind the layers."""
        handle = super().get_route_handler()
        name = self.name

        async def guarded(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            await admit(strict, name)
            return await handle(strict)

        return guarded


async def admit(request: Request, operation: str) -> None:
    """Let a request in: 1. find out who is calling, 2. charge the quota; raise InvalidToken or LimitExceeded."""
    parts, context = parts_of(request), context_of(request.scope)
    context.operation = operation
    try:
        context.principal = await parts.authenticator.authenticate(request, operation)
    except InvalidToken as error:
        parts.metrics.token_failures.inc()
        log.info("token refused", request_id=context.request_id, reason=error.reason)
        raise
    context.allowance = await parts.quota.charge(request, context.principal, operation)
    if not context.allowance.allowed:
        parts.metrics.limited.inc()
        raise LimitExceeded(context.allowance)


def parts_of(request: Request) -> Parts:
    """Return the parts of the service that handles a request."""
    return cast("Parts", request.app.state.parts)


def principal_of(request: Request) -> Principal:
    """Return the caller of a private operation."""
    principal = context_of(request.scope).principal
    if principal is None:
        raise InvalidToken("operation without a caller")
    return principal


class BoundedRequest(Request):
    """A request of which at most so many bytes are read."""

    def __init__(self, request: Request, limit: int, error: Exception) -> None:
        super().__init__(request.scope, request.receive)
        self.limit = limit
        self.error = error

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it arrives, and stop with the error as soon as it is too long."""
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > self.limit:
                raise self.error
            yield chunk
