"""Errors as `{"error": {"code", "message"}}`, whatever their status."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApiError(Exception):
    """Ends a request with an error that the caller may read."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = {"Cache-Control": "no-store", **(headers or {})}

    def response(self) -> JSONResponse:
        """Return the error as it is sent."""
        return JSONResponse({"error": {"code": self.code, "message": self.message}}, self.status, self.headers)


def unauthenticated(message: str = "log in first") -> ApiError:
    """Return the answer to a missing, unknown or ended session, or to a failed login."""
    return ApiError(401, "unauthenticated", message, {"WWW-Authenticate": 'Session realm="accounts"'})


def forbidden() -> ApiError:
    """Return the answer to somebody whose role does not allow this."""
    return ApiError(403, "forbidden", "your role does not allow this")


def not_found() -> ApiError:
    """Return the one answer for what is unknown, foreign or deleted."""
    return ApiError(404, "not_found", "there is no such thing here")


def locked(seconds: float) -> ApiError:
    """Return the answer to a name that is refused for a while."""
    after = {"Retry-After": str(math.ceil(seconds))}
    return ApiError(429, "locked", "too many bad passwords for this name: wait, then try again", after)
