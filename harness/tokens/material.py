"""What a forger has to hand, and what a forgery is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.tokens.codec import PublicKey, compact_json, decode, encode_part, mint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One valid token and what is known of the service that accepts it.

    `now` is seconds since the epoch; `key` signs valid tokens (a secret, or a private key in PEM), where the harness
    holds it; `public_keys` are those published; `audience`, `issuer` and `max_lifetime` (seconds) are what the service
    declares to require, None where it declares nothing; `leeway` is the clock skew it allows; `victim` is the subject
    of another user; `listener` is a URL of ours that no verifier should fetch. `seed` decides every foreign key.

    Raises ValueError when `token` is no JSON Web Token.
    """

    token: Secret
    now: int
    key: Secret | None = None
    public_keys: tuple[PublicKey, ...] = ()
    audience: str | None = None
    issuer: str | None = None
    max_lifetime: int | None = None
    leeway: int = 0
    victim: str | None = None
    listener: str | None = None
    seed: int = 0
    header: Mapping[str, Any] = field(init=False, repr=False)
    claims: Mapping[str, Any] = field(init=False, repr=False)
    signature: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read header, claims and signature off the token."""
        header, claims, signature = decode(self.token.value)
        object.__setattr__(self, "header", header)
        object.__setattr__(self, "claims", claims)
        object.__setattr__(self, "signature", signature)

    @property
    def algorithm(self) -> str:
        """The algorithm the valid token names."""
        return str(self.header.get("alg", ""))

    @property
    def parts(self) -> tuple[str, str, str]:
        """Header, claims and signature of the valid token as they travel."""
        header, payload, signature = self.token.value.split(".")
        return header, payload, signature

    def resigned(
        self, *, header: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None
    ) -> str | None:
        """Return the valid token with another header or claims, correctly signed; None without the key."""
        if self.key is None:
            return None
        return mint(
            self.claims if claims is None else claims,
            self.header if header is None else header,
            self.key.value,
            self.algorithm,
        )

    def claiming(self, **claims: object) -> str | None:
        """Return the valid token with these claims set, correctly signed; None without the key."""
        return self.resigned(claims={**self.claims, **claims})

    def without(self, claim: str) -> str | None:
        """Return the valid token lacking a claim, correctly signed; None without the key or where it has none."""
        if claim not in self.claims:
            return None
        return self.resigned(claims={name: value for name, value in self.claims.items() if name != claim})

    def signed_by(self, key: str | bytes, algorithm: str, **header: object) -> str:
        """Return the claims of the valid token under its header with `header` set, signed with a key of ours."""
        return mint(self.claims, {**self.header, "alg": algorithm, **header}, key, algorithm)

    def with_payload(self, **claims: object) -> str:
        """Return the valid token with claims changed and its signature left as it was."""
        payload = encode_part(compact_json({**self.claims, **claims}))
        return f"{self.parts[0]}.{payload}.{self.parts[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A token that every correct verifier refuses.

    `title` says what is wrong with it; `needs` what it takes to make it: "token" (only a valid one), "key" (the key
    that signs them), "jwks" (published keys), "listener" (a URL of ours). `forge` returns what to send as the
    credential, or None where the forgery does not apply to this material.
    """

    name: str
    weakness: str
    title: str
    needs: str
    forge: Callable[[Material], str | None]
