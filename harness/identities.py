"""Where users come from: signed by us, made by sign-up, logged in, or given as tokens."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import secrets
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.errors import ConfigurationError
from harness.model import ANONYMOUS, Exchange, Headers, Identity, Secret
from harness.tokens import mint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.client import Client
    from harness.scenario.schema import CredentialSpec, LoginSpec, Minted, Scenario, SignupSpec, UsersSpec

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")


class UserRefused(Exception):
    """A user could not be introduced: the sentence says what was tried, what came back, and what to fix."""

    def __init__(self, sentence: str, exchange: Exchange | None = None) -> None:
        super().__init__(sentence)
        self.exchange = exchange


@dataclass(kw_only=True)
class Vault:
    """Resolves `env:NAME` and `file:PATH`; remembers every secret so that it can be redacted.

    `generated` overrides the environment (secrets that this run made for a service that it starts itself).
    """

    folder: Path
    generated: Mapping[str, str] = field(default_factory=dict, repr=False)
    remember: Callable[[str], None] = lambda _secret: None

    def resolve(self, reference: str, *, where: str) -> str:
        """Return the secret of the first reference that is there.

        Raises ConfigurationError that names the place, never a value.
        """
        problems = []
        for each in reference.split("|"):
            kind, _, name = each.partition(":")
            value, problem = self._environment(name) if kind == "env" else self._file(name)
            if value is not None and value.strip():
                self.remember(value)
                return value
            problems.append(problem or f"{each} is empty")
        message = f"{where}: {', and '.join(problems)}; expected the secret there"
        raise ConfigurationError(message)

    def _environment(self, name: str) -> tuple[str | None, str]:
        return self.generated.get(name) or os.environ.get(name), f"the environment variable {name} is not set"

    def _file(self, name: str) -> tuple[str | None, str]:
        path = self.folder / Path(name).expanduser()
        try:
            return path.read_text(encoding="utf-8").strip(), ""
        except (OSError, UnicodeDecodeError, RuntimeError) as error:
            return None, f"{name} cannot be read ({getattr(error, 'strerror', None) or error})"


@dataclass(frozen=True, kw_only=True)
class Minter:
    """Signs tokens as the service's own issuer would."""

    spec: Minted
    key: Secret

    def claims(
        self, subject: str, extra: Mapping[str, Any] | None = None, *, now: float | None = None
    ) -> dict[str, Any]:
        """Return the claims of a valid token for `subject`: template, times, then `extra`."""
        at = int(time.time() if now is None else now)
        template = requests.render(
            self.spec.claims, {"user": subject, "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, subject))}
        )
        return {**template, "iat": at, "exp": at + self.spec.lifetime, **(extra or {})}

    def sign(self, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
        """Return a compact JWS with the declared algorithm."""
        head = {
            "typ": "JWT",
            "alg": self.spec.algorithm,
            **({"kid": self.spec.key_id} if self.spec.key_id else {}),
            **(header or {}),
        }
        return mint(claims, head, self.key.value, self.spec.algorithm)


def carried(carrier: CredentialSpec, credential: str) -> tuple[Headers, Headers]:
    """Return the headers and cookies with which a credential is sent."""
    value = carrier.template.replace("{credential}", credential)
    if carrier.cookie is not None:
        return (), ((carrier.cookie, credential),)
    return ((carrier.header or "Authorization", value),), ()


@dataclass(kw_only=True)
class Introductions:
    """Introduces users; `fresh` says whether new ones can be had at will."""

    scenario: Scenario
    vault: Vault
    client: Client
    seed: str
    minter: Minter | None = None
    _counter: int = 0
    _fixed: dict[str, Identity] = field(default_factory=dict)

    @classmethod
    def build(cls, scenario: Scenario, vault: Vault, client: Client) -> Introductions:
        """Resolve the secrets that the scenario names; raise ConfigurationError for what is missing."""
        minted = scenario.users.minted
        minter = None
        if minted is not None:
            minter = Minter(spec=minted, key=Secret(value=vault.resolve(minted.secret, where="users.minted.secret")))
        for name, reference in scenario.users.tokens.items():
            vault.resolve(reference, where=f"users.tokens.{name}")
        return cls(scenario=scenario, vault=vault, client=client, seed=secrets.token_hex(4), minter=minter)

    @property
    def users(self) -> UsersSpec:
        """What the scenario says of users."""
        return self.scenario.users

    @property
    def fresh(self) -> bool:
        """Whether every check can have users of its own."""
        return self.minter is not None or self.users.signup is not None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the users that there are; with fresh users any number of the usual names."""
        if self.fresh:
            return NAMES
        return tuple(self.users.tokens or self.users.accounts)

    async def introduce(self, name: str, claims: Mapping[str, Any] | None = None) -> Identity:
        """Return the user `name`: a new one where that is possible, else the one and only. Raises UserRefused."""
        if self.minter is not None:
            return self._minted(name, claims or {})
        if self.users.signup is not None:
            return await self._signed_up(name, self.users.signup)
        if name not in self._fixed:
            self._fixed[name] = await self._existing(name)
        return self._fixed[name]

    def returning(self, name: str, subject: str) -> Identity:
        """Return a user of an earlier run, by its subject, with a freshly signed token."""
        assert self.minter is not None  # noqa: S101 -- only who can sign can bring somebody back
        claims = self.minter.claims(subject, {"sub": subject})
        return self.with_token(name, self.minter.sign(claims), claims=claims)

    async def login(self, name: str, username: str, password: str) -> Identity:
        """Log in with a name and a password. Raises UserRefused."""
        spec = self.users.login
        if spec is None:
            message = "no login is described"
            raise UserRefused(message)
        variables = {"username": username, "password": password, "user": username, "nonce": secrets.token_hex(6)}
        identity = self._credentialed(name, spec, spec.credential, await self._ask(name, spec, variables))
        return dataclasses.replace(identity, subject=username, username=username, password=Secret(value=password))

    def _minted(self, name: str, claims: Mapping[str, Any]) -> Identity:
        assert self.minter is not None  # noqa: S101 -- only who can sign can bring somebody back
        self._counter += 1
        full = self.minter.claims(f"{name}-{self.seed}-{self._counter}", claims)
        return self.with_token(name, self.minter.sign(full), claims=full)

    def with_token(self, name: str, token: str, *, claims: Mapping[str, Any] | None = None) -> Identity:
        """Return a user that carries this token the way the scenario says."""
        self.vault.remember(token)
        headers, cookies = carried(self.users.credential, token)
        known = claims if claims is not None else _claims(token)
        subject = str(known["sub"]) if known and known.get("sub") is not None else None
        return Identity(
            name=name, subject=subject, headers=headers, cookies=cookies, claims=known, token=Secret(value=token)
        )

    async def _signed_up(self, name: str, spec: SignupSpec) -> Identity:
        self._counter += 1
        username = f"{name}-{self.seed}-{self._counter}"
        password = f"Pw-{secrets.token_urlsafe(12)}1!"
        self.vault.remember(password)
        variables = {"username": username, "password": password, "user": username, "nonce": secrets.token_hex(6)}
        exchange = await self._ask(name, spec, variables)
        if spec.credential is not None:
            identity = self._credentialed(name, spec, spec.credential, exchange)
            identity = dataclasses.replace(identity, username=username, password=Secret(value=password))
        else:
            identity = await self.login(name, username, password)
        known = await self._subject(identity, spec, exchange)
        return dataclasses.replace(identity, subject=known or identity.subject or username)

    async def _subject(self, identity: Identity, spec: SignupSpec, signed_up: Exchange) -> str | None:
        """Return who the target says the new user is: in the answer to the sign-up, else by its who-am-I."""
        place, answer = spec.subject, signed_up
        if place is None and self.users.whoami is not None:
            place = self.users.whoami_id
            answer = await self.client.send(identity, requests.build(self.users.whoami, {}, ()), purpose="introduce")
        found = requests.pointer(requests.parsed(answer.body), place) if place is not None else None
        return None if found is None else str(found)

    async def _existing(self, name: str) -> Identity:
        if name in self.users.tokens:
            return self.with_token(name, self.vault.resolve(self.users.tokens[name], where=f"users.tokens.{name}"))
        account = self.users.accounts.get(name)
        if account is None:
            expected = ", ".join(self.names) or "at least two under [users.tokens] or --user NAME=env:VAR"
            raise UserRefused(f"there is no user {name!r}; expected one of {expected}")
        return await self.login(
            name, account.username, self.vault.resolve(account.password, where=f"users.accounts.{name}.password")
        )

    async def _ask(self, name: str, spec: LoginSpec | SignupSpec, variables: Mapping[str, Any]) -> Exchange:
        resolved = {key: self._secret(value) for key, value in spec.headers.items()}
        request = requests.build(spec.model_copy(update={"headers": resolved}), variables, ())
        exchange = await self.client.send(ANONYMOUS, request, purpose="introduce")
        if not exchange.ok:
            got = f"status {exchange.status}" if exchange.status else exchange.error
            message = f"user {name}: {spec.operation} answered {got}, expected 2xx; check [users] of the scenario"
            raise UserRefused(message, exchange)
        return exchange

    def _secret(self, value: str) -> str:
        return self.vault.resolve(value, where="users header") if value.startswith(("env:", "file:")) else value

    def _credentialed(self, name: str, spec: LoginSpec | SignupSpec, where: str, exchange: Exchange) -> Identity:
        """Return the user with the credential that an answer holds."""
        credential = extract(exchange, where)
        if credential is None:
            message = (
                f"user {name}: {spec.operation} answered {exchange.status}, but there is no credential at {where!r}"
            )
            raise UserRefused(message, exchange)
        identity = self.with_token(name, credential)
        if where.startswith("cookie:"):
            self.vault.remember(credential)
            identity = dataclasses.replace(identity, headers=(), cookies=((where.removeprefix("cookie:"), credential),))
        return identity


def extract(exchange: Exchange, where: str) -> str | None:
    """Return what stands at `where` in a response: "/pointer", "cookie:NAME" or "header:NAME"; None if nothing does."""
    if exchange.response is None:
        return None
    kind, _, name = where.partition(":")
    if kind == "cookie":
        pairs = (value.partition(";")[0].partition("=") for value in exchange.response.all("Set-Cookie"))
        return next((value for key, _, value in pairs if key.strip() == name), None)
    if kind == "header":
        return exchange.response.header(name)
    found = requests.pointer(requests.parsed(exchange.body), where)
    return None if found is None else str(found)


def _claims(token: str) -> dict[str, Any] | None:
    """Return the claims of a JWT without verifying it; None for any other token."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 -- header, payload, signature
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None
