"""One shape for every error, wherever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from reference_service.errors import (
    FileTooLarge,
    InternalError,
    MethodNotAllowed,
    RouteMissing,
    ServiceError,
    ValidationFailed,
)
from reference_service.web.recorder import context_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from fastapi import FastAPI
    from starlette.requests import Request

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

NOT_FOUND, NOT_ALLOWED, TOO_LARGE = 404, 405, 413


class JsonErrors:
    """Error code, detail, request id and what to do, as JSON."""

    def render(self, error: ServiceError, context: RequestContext) -> Response:
        """Return the response to an error."""
        return JSONResponse(self.body(error, context), status_code=error.status, headers=error.headers)

    def body(self, error: ServiceError, context: RequestContext) -> dict[str, Any]:
        """Return the body of an error."""
        return {
            "error_code": error.code,
            "detail": error.detail,
            "request_id": context.request_id,
            "suggestion": error.suggestion,
        }


def add_error_handlers(app: FastAPI, parts: Parts) -> None:
    """Send every error through the renderer."""

    async def handle(request: Request, error: Exception) -> Response:
        return parts.error_renderer.render(translate(error, request), context_of(request.scope))

    for kind in (HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, handle)


def translate(error: Exception, request: Request) -> ServiceError:
    """Return an error in the terms of this service."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, RequestValidationError):
        return ValidationFailed(sentence(error.errors()))
    if isinstance(error, HTTPException):
        return _framework_error(error, request)
    return InternalError()


def _framework_error(error: HTTPException, request: Request) -> ServiceError:
    if error.status_code == NOT_FOUND:
        return RouteMissing()
    if error.status_code == NOT_ALLOWED:
        return MethodNotAllowed(headers={"Allow": ", ".join(allowed_methods(request))})
    if error.status_code == TOO_LARGE:
        return FileTooLarge()
    return ValidationFailed()


def allowed_methods(request: Request) -> Sequence[str]:
    """Return every method of a path; the framework names only those of the first route that matches."""
    path = getattr(request.scope.get("route"), "path", None)
    routes = [route for route in request.app.routes if getattr(route, "path", None) == path]
    return sorted({method for route in routes for method in route.methods or ()})


def sentence(errors: Sequence[Mapping[str, Any]]) -> str:
    """Say what is wrong and where, without repeating what was sent."""
    parts = []
    for error in errors[:5]:
        if error["type"] == "json_invalid":
            parts.append(f"body: {error['ctx']['error']}")
            continue
        where = ".".join(str(item) for item in error["loc"] if item not in {"query", "path"})
        parts.append(f"{where}: {error['msg'].removeprefix('Value error, ')}" if where else str(error["msg"]))
    return "; ".join(parts)[:500]
