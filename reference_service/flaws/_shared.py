"""What several flaws need: forging past checks, rewriting answers, and finding out who owns a file."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jwt
from starlette.datastructures import MutableHeaders

from reference_service.errors import FileMissing, InvalidToken
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal
from reference_service.tokens import REQUIRED, BearerAuthenticator, SharedSecretVerifier

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from uuid import UUID

    from jwt.types import Options
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription, IndexRequest, IndexResponse

UNSIGNED: Options = {
    "verify_signature": False,
    "verify_exp": True,
    "verify_nbf": True,
    "verify_iat": True,
    "verify_aud": True,
    "verify_iss": True,
    "require": list(REQUIRED),
}


async def owner_of(parts: Parts, file_id: UUID) -> str | None:
    """Return who owns a file, from the table that has no policy."""
    async with parts.database.background() as connection:
        owner: str | None = await connection.fetchval("SELECT user_id FROM index_jobs WHERE file_id = $1", file_id)
    return owner


async def everybody(parts: Parts) -> list[str]:
    """Return every user who has a file."""
    async with parts.database.background() as connection:
        return [row["user_id"] for row in await connection.fetch("SELECT DISTINCT user_id FROM index_jobs")]


class Forgivable(SharedSecretVerifier):
    """A verifier that can leave out the signature and check the rest."""

    def unsigned(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token whose signature is not looked at."""
        header, payload, *_ = f"{token}..".split(".")
        settings = self.settings
        try:
            claims: Mapping[str, Any] = jwt.decode(
                f"{header}.{payload}.",
                audience=settings.jwt_audience,
                issuer=settings.jwt_issuer,
                leeway=settings.jwt_leeway_seconds,
                options=UNSIGNED,
            )
        except Exception as error:  # noqa: BLE001 - as in the sound service
            raise InvalidToken(type(error).__name__) from None
        return claims


def header_of(token: str) -> Mapping[str, Any]:
    """Return the header of a token, empty when it has none."""
    try:
        return jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        return unverified_header(token)


def unverified_header(token: str) -> Mapping[str, Any]:
    """Return the header of a token that is so odd that the library refuses it."""
    try:
        header = json.loads(jwt.utils.base64url_decode(token.partition(".")[0]))
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}


def signed_with(token: str, key: bytes) -> bool:
    """Say whether a token has the HS256 signature of a key, which may be empty."""
    signed, _, signature = token.rpartition(".")
    expected = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    try:
        return hmac.compare_digest(jwt.utils.base64url_decode(signature), expected)
    except ValueError:
        return False


@dataclass(slots=True, kw_only=True)
class Answer:
    """A whole response, which a flaw may change."""

    method: str
    path: str
    request_headers: Mapping[bytes, bytes]
    status: int
    headers: MutableHeaders
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a value."""
        return json.loads(self.body)

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()


def rewriting(change: Callable[[Answer], None]) -> Callable[[ASGIApp], ASGIApp]:
    """Return a middleware that hands every whole response to `change` before it leaves."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def rewrite(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            start: dict[str, Any] = {}
            chunks: list[bytes] = []

            async def collect(message: Message) -> None:
                if message["type"] == "http.response.start":
                    start.update(message)
                    return
                chunks.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_changed(scope, start, b"".join(chunks), change, send)

            await app(scope, receive, collect)

        return rewrite

    return wrap


async def _send_changed(
    scope: Scope, start: dict[str, Any], body: bytes, change: Callable[[Answer], None], send: Send
) -> None:
    answer = Answer(
        method=scope["method"],
        path=scope["path"],
        request_headers=dict(scope["headers"]),
        status=start["status"],
        headers=MutableHeaders(raw=list(start["headers"])),
        body=body,
    )
    change(answer)
    if "content-length" in answer.headers:
        answer.headers["content-length"] = str(len(answer.body))
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers.raw})
    await send({"type": "http.response.body", "body": answer.body})


class Forgetful(BearerAuthenticator):
    """Lets those requests pass without a token of which, with their operation, `passes` says so."""

    def __init__(self, parts: Parts, passes: Callable[[Request, str], bool]) -> None:
        super().__init__(parts)
        self.passes = passes

    async def authenticate(self, request: Request, operation: str) -> Principal:
        """Return who asks, or somebody where a token is missed and not needed."""
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            if not self.passes(request, operation):
                raise
            return Principal(user_id="anonymous")


class Lax(BearerAuthenticator):
    """Takes a token from another place of the request, too."""

    def __init__(self, parts: Parts, place: Callable[[Request], str | None]) -> None:
        super().__init__(parts)
        self.place = place

    async def authenticate(self, request: Request, operation: str) -> Principal:
        """Return whom the token names, wherever it is."""
        token = self.place(request)
        if token and "authorization" not in request.headers:
            return await self.parts.token_verifier.verify(token)
        return await super().authenticate(request, operation)


class Trusting(BearerAuthenticator):
    """Believes the user that `named` finds in a request and its operation."""

    def __init__(self, parts: Parts, named: Callable[[Request, str], str | None]) -> None:
        super().__init__(parts)
        self.named = named

    async def authenticate(self, request: Request, operation: str) -> Principal:
        """Return who is named, else who the token says it is."""
        principal = await super().authenticate(request, operation)
        named = self.named(request, operation)
        return principal if named is None else replace(principal, user_id=named)


class Telling(KnowledgeOperations):
    """Does something else, `tell`, where a file that is refused exists."""

    def __init__(self, parts: Parts, tell: Callable[[], Awaitable[None]]) -> None:
        super().__init__(parts)
        self.tell = tell

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        """Read, and tell."""
        try:
            return await super().read(principal, file_id)
        except FileMissing:
            await self.refused(file_id)
            raise

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        """Delete, and tell."""
        try:
            await super().delete(principal, file_id)
        except FileMissing:
            await self.refused(file_id)
            raise

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        """Index, and tell."""
        try:
            return await super().index(principal, request)
        except FileMissing:
            await self.refused(request.file_id)
            raise

    async def refused(self, file_id: UUID) -> None:
        """Look whether somebody else has the file."""
        if await owner_of(self.parts, file_id) is not None:
            await self.tell()
