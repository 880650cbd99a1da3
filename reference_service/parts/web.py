"""What stands between the wire and the operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from reference_service.errors import ServiceError
    from reference_service.model import (
        Allowance,
        Bucket,
        Principal,
        RequestContext,
        Upload,
    )


class RequestIds(Protocol):
    """Chooses the id of a request."""

    def choose(self, offered: Sequence[str]) -> str:
        """Return the id; `offered` are the values of the caller's X-Request-ID headers."""


class TokenVerifier(Protocol):
    """Decides whether a token is genuine, current and meant for this service."""

    async def verify(self, token: str) -> Principal:
        """Return who the token stands for; raise InvalidToken."""


class Authenticator(Protocol):
    """Layer 1: finds out who is calling."""

    async def authenticate(self, request: Request, operation: str) -> Principal:
        """Return the caller of a private operation; raise InvalidToken."""


class Limiter(Protocol):
    """Keeps token buckets in a store that all processes share."""

    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Allowance]:
        """Take one token from every bucket, or from none of them; raise DependencyDown without the store."""


class Quota(Protocol):
    """Decides which bucket a request is charged to."""

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        """Charge one request and return what the limiter decided, allowed or not."""


class HeaderPolicy(Protocol):
    """Says which headers every response carries."""

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers to set; `present` are those the response has already, names in lower case."""


class ErrorRenderer(Protocol):
    """Turns an error into a response."""

    def render(self, error: ServiceError, context: RequestContext) -> Response:
        """Return the response, in the one shape that all errors have."""


class UploadReader(Protocol):
    """Reads a multipart upload while enforcing its limits."""

    async def read(self, request: Request) -> Upload:
        """Return the validated upload; raise FileTooLarge or ValidationFailed."""
