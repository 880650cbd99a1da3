"""Introducing users: signed by us, made by sign-up, logged in, or given as tokens."""

from __future__ import annotations

import dataclasses
import functools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import excerpt
from harness.identities.credentials import (
    ANY,
    carried,
    claims_of,
    exchange_cookie,
    extract,
    is_basic,
    subject_of,
)
from harness.identities.double_submit import given_proof
from harness.identities.minting import Minter
from harness.identities.passwords import new_password
from harness.identities.patience import LONG, SHORT, Patience
from harness.model import ANONYMOUS, Exchange, Identity, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.client import Client
    from harness.identities.vault import Vault
    from harness.issuer import Issuer
    from harness.model import Headers
    from harness.scenario.schema import LoginSpec, Minted, Scenario, SignupSpec, UsersSpec

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")


class UserRefused(Exception):
    """A user could not be introduced: the sentence says what was tried, what came back, and what to fix."""

    def __init__(self, sentence: str, exchange: Exchange | None = None) -> None:
        super().__init__(sentence)
        self.exchange = exchange


@dataclass(kw_only=True)
class Introductions:
    """Introduces users; `fresh` says whether new ones can be had at will, `issuer` publishes their tokens' keys.

    Where sign-ups are limited (429) and waiting is no use, the users that there are serve everybody from then on:
    `limited` becomes true, and users are no longer fresh.
    """

    scenario: Scenario
    vault: Vault
    client: Client
    seed: str
    minter: Minter | None = None
    issuer: Issuer | None = None
    limited: bool = False
    credentials: set[str] = field(default_factory=set, repr=False)
    """Every credential that a user has carried in this run, as it stands in a request."""
    _patience: Patience = field(default_factory=Patience)
    _counter: int = 0
    _fixed: dict[str, Identity] = field(default_factory=dict)

    @classmethod
    def build(cls, scenario: Scenario, vault: Vault, client: Client, issuer: Issuer | None = None) -> Introductions:
        """Resolve the secrets that the scenario names; raise ConfigurationError for what is missing."""
        minted = scenario.users.minted
        minter = _minter(minted, vault, issuer) if minted is not None else None
        for name, reference in scenario.users.tokens.items():
            vault.resolve(reference, where=f"users.tokens.{name}")
        for name, account in scenario.users.accounts.items():
            vault.resolve(account.password, where=f"users.accounts.{name}.password")
        seed = secrets.token_hex(4)
        return cls(scenario=scenario, vault=vault, client=client, seed=seed, minter=minter, issuer=issuer)

    @property
    def users(self) -> UsersSpec:
        """What the scenario says of users."""
        return self.scenario.users

    @property
    def fresh(self) -> bool:
        """Whether every check can have users of its own."""
        return self.minter is not None or (self.users.signup is not None and not self.limited)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the users that there are; the usual ones where users can be made."""
        if self.minter is not None or self.users.signup is not None:
            return NAMES
        return tuple(self.users.tokens or self.users.accounts)

    def fixed(self, name: str) -> Identity | None:
        """Return the one and only user of this name, if it was introduced."""
        return self._fixed.get(name)

    async def introduce(self, name: str, claims: Mapping[str, Any] | None = None) -> Identity:
        """Return the user `name`: a new one where that is possible, else the one and only. Raises UserRefused."""
        if self.minter is not None:
            return self._minted(name, claims or {})
        if self.users.signup is not None:
            return await self._new_or_known(name, self.users.signup)
        if name not in self._fixed:
            self._fixed[name] = await self._existing(name)
        return self._fixed[name]

    async def newcomer(self, name: str, spec: SignupSpec | None = None) -> Identity | None:
        """Sign up a user whose credential the service itself makes, None without sign-up. Raises UserRefused.

        `spec` is a sign-up other than that of the scenario, such as one with more fields.
        """
        call = spec or self.users.signup
        return await self._signed_up(name, call) if call is not None else None

    def returning(self, name: str, subject: str) -> Identity:
        """Return a user of an earlier run, by its subject, with a freshly signed token."""
        assert self.minter is not None  # noqa: S101 -- only who can sign can bring somebody back
        claims = self.minter.claims(subject, {"sub": subject})
        return self.with_token(name, self.minter.sign(claims), claims=claims)

    async def login(self, name: str, username: str, password: str, *, longest: float = LONG) -> Identity:
        """Log in with a name and a password, which may be the credential themselves. Raises UserRefused.

        A log-in that is limited is tried again where that asks for at most `longest` seconds of patience.
        """
        spec = self.users.login
        if spec is None and is_basic(self.users.credential):
            self.vault.remember(password)
            identity = self.with_token(name, f"{username}:{password}")
            return dataclasses.replace(identity, subject=username, username=username, password=Secret(value=password))
        if spec is None:
            message = "no login is described"
            raise UserRefused(message)
        variables = {"username": username, "password": password, "user": username, "nonce": secrets.token_hex(6)}
        answer = await self._ask(name, spec, variables, longest)
        identity = self._credentialed(name, spec, spec.credential, answer)
        told = requests.at(requests.parsed(answer.body), spec.subject) if spec.subject is not None else None
        subject = username if told is None else str(told)
        return dataclasses.replace(identity, subject=subject, username=username, password=Secret(value=password))

    def _minted(self, name: str, claims: Mapping[str, Any]) -> Identity:
        assert self.minter is not None  # noqa: S101 -- only who can sign can bring somebody back
        self._counter += 1
        full = self.minter.claims(f"{name}-{self.seed}-{self._counter}", claims)
        return self.with_token(name, self.minter.sign(full), claims=full)

    def with_token(self, name: str, token: str, *, claims: Mapping[str, Any] | None = None) -> Identity:
        """Return a user that carries this token the way the scenario says."""
        headers, cookies = self.carried(token)
        known = claims if claims is not None else claims_of(token)
        subject = subject_of(known)
        return Identity(
            name=name, subject=subject, headers=headers, cookies=cookies, claims=known, token=Secret(value=token)
        )

    def carried(self, credential: str) -> tuple[Headers, Headers]:
        """Return the headers and cookies that carry a credential, which is known as one from now on."""
        self.vault.remember(credential)
        headers, cookies = carried(self.users.credential, credential)
        self.credentials |= {credential, *(value.rpartition(" ")[2] for _, value in (*headers, *cookies))}
        return headers, cookies

    async def _new_or_known(self, name: str, spec: SignupSpec) -> Identity:
        """Return a new user; the first one of this name where sign-ups are limited. Raises UserRefused."""
        known = self._fixed.get(name)
        if known is not None and self.limited:
            return known
        try:
            user = await self._signed_up(name, spec, longest=LONG if known is None else SHORT)
        except UserRefused as refused:
            limited = refused.exchange is not None and refused.exchange.limited
            self.limited |= limited  # for good: what is refused for another reason ends no limit
            if known is None or not limited:
                raise
            return known
        self._fixed.setdefault(name, user)
        return user

    async def _signed_up(self, name: str, spec: SignupSpec, *, longest: float = LONG) -> Identity:
        self._counter += 1
        username = f"{name}{self.seed}x{self._counter}"  # no mark: some allow letters and digits only
        password = new_password()
        self.vault.remember(password)
        variables = {"username": username, "password": password, "user": username, "nonce": secrets.token_hex(6)}
        exchange = await self._ask(name, spec, {**variables, "digits": _digits()}, longest)
        if spec.credential is not None:
            identity = self._credentialed(name, spec, spec.credential, exchange)
            identity = dataclasses.replace(identity, username=username, password=Secret(value=password))
        else:
            identity = await self.login(name, username, password, longest=longest)
        known = await self._subject(identity, spec, exchange)
        return dataclasses.replace(identity, subject=known or identity.subject or username)

    async def _subject(self, identity: Identity, spec: SignupSpec, signed_up: Exchange) -> str | None:
        """Return who the target says the new user is: in the answer to the sign-up, else by its who-am-I."""
        place, answer = spec.subject, signed_up
        if place is None and self.users.whoami is not None:
            place = self.users.whoami_id
            answer = await self.client.send(
                identity, requests.of_oneself(self.users.whoami, identity), purpose="introduce"
            )
        found = requests.at(requests.parsed(answer.body), place) if place is not None else None
        return None if found is None else str(found)

    async def _existing(self, name: str) -> Identity:
        """Return a user that there is, by the identifier that who-am-I tells where its credential tells none."""
        if name in self.users.tokens:
            given = self.vault.resolve(self.users.tokens[name], where=f"users.tokens.{name}")
            identity = self.with_token(name, self._bare(given))
        else:
            account = self.users.accounts.get(name)
            if account is None:
                expected = ", ".join(self.names) or "at least two under [users.tokens] or --user NAME=env:VAR"
                raise UserRefused(f"there is no user {name!r}; expected one of {expected}")
            password = self.vault.resolve(account.password, where=f"users.accounts.{name}.password")
            identity = await self.login(name, account.username, password)
        told = name in self.users.tokens and identity.subject is not None
        if self.users.whoami is None or told:
            return identity
        answer = await self.client.send(identity, requests.of_oneself(self.users.whoami, identity), purpose="introduce")
        found = requests.at(requests.parsed(answer.body), self.users.whoami_id) if answer.ok else None
        return identity if found is None else dataclasses.replace(identity, subject=str(found))

    async def _ask(
        self, name: str, spec: LoginSpec | SignupSpec, variables: Mapping[str, Any], longest: float
    ) -> Exchange:
        resolved = {key: self._secret(value) for key, value in spec.headers.items()}
        request = requests.build(spec.model_copy(update={"headers": resolved}), variables, ())
        ask = functools.partial(self.client.send, ANONYMOUS, request, purpose="introduce")
        exchange = await self._patience.send(ask, longest=longest)
        if not exchange.ok:
            got = f"status {exchange.status} ({excerpt(exchange)})" if exchange.status else exchange.error
            message = f"user {name}: {spec.operation} answered {got}, expected 2xx; check [users] of the scenario"
            raise UserRefused(message, exchange)
        return exchange

    def _secret(self, value: str) -> str:
        return self.vault.resolve(value, where="users header") if value.startswith(("env:", "file:")) else value

    def _bare(self, given: str) -> str:
        """Return a credential without the word that goes before it, with which some keep it, or hand it out."""
        return given.removeprefix(self.users.credential.template.partition("{")[0])

    def _credentialed(self, name: str, spec: LoginSpec | SignupSpec, where: str, exchange: Exchange) -> Identity:
        """Return the user with the credential that an answer holds."""
        credential = extract(exchange, where)
        if credential is None:
            message = (
                f"user {name}: {spec.operation} answered {exchange.status}, but there is no credential at {where!r}"
            )
            raise UserRefused(message, exchange)
        identity = self.with_token(name, self._bare(credential))
        if where.startswith("cookie:"):
            self.vault.remember(credential)
            cookie = where.removeprefix("cookie:")
            cookie = exchange_cookie(exchange) if cookie == ANY else cookie
            headers, beside = given_proof(exchange)
            for _, proof in headers[:1]:
                self.vault.remember(proof)
            identity = dataclasses.replace(identity, headers=headers, cookies=((cookie, credential), *beside))
        return identity


def _minter(minted: Minted, vault: Vault, issuer: Issuer | None) -> Minter:
    """Return who signs tokens: the issuer, or whoever is given its secret."""
    if minted.secret is not None:
        key = Secret(value=vault.resolve(minted.secret, where="users.minted.secret"))
        return Minter(spec=minted, key=key)
    assert issuer is not None  # noqa: S101 -- whoever opens a session of such a scenario publishes its keys first
    vault.remember(issuer.key.private.value)
    return Minter(spec=minted, key=issuer.key.private, key_id=issuer.key.key_id)


def _digits() -> str:
    """Return the seven last digits of a telephone number that hardly anybody else is given."""
    return f"{secrets.randbelow(8) + 2}{secrets.randbelow(7) + 2}{secrets.randbelow(100_000):05}"
