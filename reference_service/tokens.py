"""Layer 1: bearer tokens, verified against a shared secret or against published keys (RFC 7519, RFC 8725)."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import jwt

from reference_service.errors import DependencyDown, InvalidToken
from reference_service.model import Principal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jwt.types import Options
    from starlette.requests import Request

    from reference_service.parts import Parts
    from reference_service.settings import Settings

LONGEST_TOKEN = 8192
LONGEST_SUBJECT = 255
REQUIRED = ("sub", "exp", "iat", "aud", "iss")
ASYMMETRIC = ("RS256", "ES256")
FETCH_TIMEOUT_SECONDS = 2.0


class Verifier:
    """What both kinds of verifier have in common; the algorithms are fixed here and never taken from a token."""

    algorithms: Sequence[str] = ()

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def verify(self, token: str) -> Principal:
        """Return who the token stands for; raise InvalidToken."""
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken("too long")
        return self.principal(await self.claims(token))

    async def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a genuine and current token."""
        raise NotImplementedError

    def decode(self, token: str, key: Any) -> Mapping[str, Any]:
        """Check signature, algorithm, audience, issuer and times."""
        settings = self.settings
        try:
            complete = jwt.decode_complete(
                token,
                key,
                algorithms=list(self.algorithms),
                audience=settings.jwt_audience,
                issuer=settings.jwt_issuer,
                leeway=settings.jwt_leeway_seconds,
                options=cast("Options", self.options()),
            )
        except Exception as error:  # noqa: BLE001 - whatever a hostile token breaks, the answer is 401
            raise InvalidToken(type(error).__name__) from None
        if "crit" in complete["header"]:
            raise InvalidToken("critical extension")
        claims: Mapping[str, Any] = complete["payload"]
        return claims

    def options(self) -> dict[str, Any]:
        """Return the options of PyJWT: what must be there."""
        return {"require": list(REQUIRED)}

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        """Check what the library leaves open, and return the caller."""
        self.check_lifetime(claims)
        subject, tier = claims.get("sub"), claims.get("tier", "free")
        if not isinstance(subject, str) or not subject.strip() or not storable(subject):
            raise InvalidToken("subject")
        return Principal(user_id=subject, tier=tier if isinstance(tier, str) else "free")

    def check_lifetime(self, claims: Mapping[str, Any]) -> None:
        """Refuse times that are no numbers, and tokens that live too long."""
        issued, expires = claims.get("iat"), claims.get("exp")
        if not (is_time(issued) and is_time(expires)):
            raise InvalidToken("time is not a number")
        if expires - issued > self.settings.jwt_max_lifetime_seconds:
            raise InvalidToken("lives too long")


def is_time(value: Any) -> TypeGuard[float]:
    """Say whether a claim is a NumericDate; a truth value or a digit string is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def storable(subject: str) -> bool:
    """Say whether a subject can be a setting of PostgreSQL: of bounded length, valid Unicode, no NUL."""
    try:
        size = len(subject.encode())
    except UnicodeEncodeError:
        return False
    return size <= LONGEST_SUBJECT and "\0" not in subject


class SharedSecretVerifier(Verifier):
    """HS256 with a secret that the issuer shares."""

    algorithms = ("HS256",)

    def __init__(self, settings: Settings, secret: str) -> None:
        super().__init__(settings)
        self.secret = secret

    async def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token signed with the secret, whatever its header says."""
        return self.decode(token, self.secret)


class KeySetVerifier(Verifier):
    """RS256 or ES256 with the keys that the issuer publishes (JWKS, RFC 7517)."""

    algorithms = ASYMMETRIC

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.keys: dict[str, jwt.PyJWK] = {}
        self.fetched_at = -math.inf
        self._lock = asyncio.Lock()

    async def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token signed with the key that its header names."""
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise InvalidToken(type(error).__name__) from None
        return self.decode(token, await self.key(header))

    async def key(self, header: Mapping[str, Any]) -> Any:
        """Return the key with this id; fetch the set anew when it is old or does not have the id."""
        key_id = header.get("kid")
        if not isinstance(key_id, str):
            raise InvalidToken("no key id")
        age = time.monotonic() - self.fetched_at
        unknown = key_id not in self.keys and age > self.settings.jwks_cooldown_seconds
        if unknown or age > self.settings.jwks_ttl_seconds:
            await self.refresh(self.fetched_at)
        if key_id not in self.keys:
            raise InvalidToken("unknown key id")
        return self.keys[key_id]

    async def refresh(self, seen: float) -> None:
        """Fetch the set once for all that wait; raise DependencyDown when it cannot be had."""
        async with self._lock:
            if self.fetched_at != seen:
                return
            keys = [jwt.PyJWK(item) for item in await self.fetch() if item.get("alg", "RS256") in ASYMMETRIC]
            self.keys = {key.key_id: key for key in keys if key.key_id and key.algorithm_name in ASYMMETRIC}
            self.fetched_at = time.monotonic()

    async def fetch(self) -> Sequence[dict[str, Any]]:
        """Get the key set from the issuer."""
        import httpx  # noqa: PLC0415 - only this mode needs a client, and it takes long to import

        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_SECONDS, trust_env=False) as client:
                response = await client.get(str(self.settings.jwks_url))
                response.raise_for_status()
                keys: Sequence[dict[str, Any]] = response.json()["keys"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            raise DependencyDown from None
        return keys

    def decode(self, token: str, key: Any) -> Mapping[str, Any]:
        """Check a token with the one algorithm that its key is for."""
        if jwt.get_unverified_header(token).get("alg") != key.algorithm_name:
            raise InvalidToken("algorithm")
        return Verifier.decode(self, token, key)


class BearerAuthenticator:
    """Takes the one bearer token of a request (RFC 6750) to the verifier."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def authenticate(self, request: Request, operation: str) -> Principal:  # noqa: ARG002 - all operations alike
        """Return the caller; raise InvalidToken."""
        values = request.headers.getlist("authorization")
        if len(values) != 1:
            raise InvalidToken("no authorization" if not values else "two authorizations")
        scheme, _, token = values[0].partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise InvalidToken("no bearer token")
        return await self.parts.token_verifier.verify(token.strip())


def mint(settings: Settings, secret: str, user_id: str, tier: str, lifetime_seconds: int) -> str:
    """Sign a token for a user."""
    now = int(time.time())
    claims = {
        "sub": user_id,
        "tier": tier,
        "iat": now,
        "exp": now + lifetime_seconds,
        "aud": settings.jwt_audience,
        "iss": settings.jwt_issuer,
    }
    return jwt.encode(claims, secret, algorithm="HS256")
