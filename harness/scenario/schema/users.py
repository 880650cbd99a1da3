"""Where users come from, and how their credentials are carried."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.scenario.schema.base import Model, OperationId, Pointer, SecretReference
from harness.scenario.schema.calls import Call


class Published(Model):
    """The harness as the issuer: it makes a key and publishes it (JWKS, RFC 7517) on 127.0.0.1."""

    port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Where the service fetches the keys; 0 takes a free port, which a service that the harness starts"
        " is told by {jwks_url} in its command and environment",
    )
    path: str = Field("/.well-known/jwks.json", pattern=r"^/\S*$")
    refresh: float | None = Field(
        None,
        gt=0,
        le=30,
        description="Seconds within which the service notices that the keys have changed: declared, a key is withdrawn,"
        " and the key server stopped for a moment, to see what the service does then",
    )


class Minted(Model):
    """Users whose tokens the harness signs itself: with a secret that it is given, or with keys that it publishes."""

    algorithm: Literal["HS256", "HS384", "HS512", "RS256", "ES256"] = "HS256"
    secret: SecretReference | None = Field(None, description="Shared secret, or the PEM of a private key")
    published: Published | None = None
    key_id: str | None = Field(None, description="The key id that tokens name; keys that are published have their own")
    claims: dict[str, Any] = Field(description="Claims; strings may hold {user}, a fresh subject for each user")
    lifetime: int = Field(3600, ge=60, description="Seconds")
    max_lifetime: int | None = Field(
        None, description="Seconds a token may live at most, if the service declares a limit"
    )
    audience: str | None = Field(None, description="The audience the service requires, if any (else taken from claims)")
    issuer: str | None = None
    leeway: int = Field(60, ge=0, description="Seconds of clock skew that the service may tolerate")

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> Self:
        if (self.secret is None) == (self.published is None):
            message = "expected one of secret and published"
            raise ValueError(message)
        if self.published is not None and (self.algorithm.startswith("HS") or self.key_id is not None):
            message = "published: expected RS256 or ES256, and no key_id"
            raise ValueError(message)
        return self


class LoginSpec(Call):
    """How a user gets a credential: by a request that may use {username}, {password} and {user}."""

    credential: str = Field(
        description='"/pointer" into the answer, "cookie:NAME" ("cookie:*": the first), or "header:NAME"'
    )
    subject: Pointer | None = Field(None, description="Where the user's identifier is, if the answer tells it")


class SignupSpec(Call):
    """How a fresh user is made. With `credential` no login follows."""

    credential: str | None = None
    subject: Pointer | None = Field(None, description="Where the new user's identifier is")


class Account(Model):
    """A user that exists, for a login."""

    username: str
    password: SecretReference


class CredentialSpec(Model):
    """Where a credential goes in a request."""

    header: str | None = "Authorization"
    cookie: str | None = None
    template: str = "Bearer {credential}"


class LockoutSpec(Model):
    """When guessing a password is stopped."""

    failures: int = Field(
        ge=1, le=100, description="Wrong passwords for one name after which even the right one is refused"
    )


class UsersSpec(Model):
    """Where users come from, in order of preference: minted, signup (with login), login of accounts, tokens."""

    credential: CredentialSpec = Field(default_factory=CredentialSpec)
    minted: Minted | None = None
    signup: SignupSpec | None = None
    login: LoginSpec | None = None
    accounts: dict[str, Account] = Field(default_factory=dict)
    tokens: dict[str, SecretReference] = Field(default_factory=dict)
    whoami: Call | None = Field(None, description="Answers who the user is")
    whoami_id: Pointer = "/id"
    account: list[Call] = Field(
        default_factory=list,
        description="Operations that change or delete the one account that their path names; may use {password},"
        " {new_password} and {nonce}; tried with users that are made for it",
    )
    privileged: list[OperationId] = Field(
        default_factory=list, description="Operations that plain users must not reach"
    )
    change_password: Call | None = Field(None, description="May use {password} and {new_password}")
    forgot_password: list[Call] = Field(
        default_factory=list,
        description="Asks for a new password of the user {username}, as whoever has forgotten it does",
    )
    lockout: LockoutSpec | None = Field(None, description="The declared lock-out, tried with users of its own only")
    logout: Call | None = None
    delete_account: Call | None = None
