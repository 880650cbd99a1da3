"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


class ProblemError(Exception):
    """Ends a request with a problem document."""

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        """Take the status, the last part of the type's URN, and a detail that the caller may read."""
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})

    def response(self) -> ProblemResponse:
        """Return the problem as it is sent."""
        content = {
            "type": f"urn:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        return ProblemResponse(content, self.status, self.headers)


def unauthorized() -> ProblemError:
    """Return the answer to a missing or unknown key."""
    challenge = {"WWW-Authenticate": 'ApiKey realm="projects"'}
    return ProblemError(401, "unauthorized", "a valid API key is required", challenge)


def not_found() -> ProblemError:
    """Return the one answer for what is unknown, foreign or deleted."""
    return ProblemError(404, "not-found", "there is no such thing here")


def invalid(detail: str) -> ProblemError:
    """Return the answer to input that cannot be accepted."""
    return ProblemError(400, "invalid", detail)
