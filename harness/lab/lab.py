"""The bench of one check: its users, its resources, and what it sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.expect import excerpt
from harness.identities import UserRefused
from harness.insisting import insistently
from harness.lab.inconclusive import Inconclusive
from harness.lab.readable import is_readable
from harness.lab.resource import BoundResource
from harness.model import ANONYMOUS

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from harness.lab.session import Session
    from harness.model import Exchange, Identity, Operation, Request
    from harness.scenario import Scenario


@dataclass(kw_only=True)
class Lab:
    """What one check works with; with `own_users` nobody else may have these users, else it is Inconclusive.

    `missed` is what it has asked for and could not get: resources that nobody can create, and what came of it.
    """

    session: Session
    check_id: str
    random: random.Random
    own_users: bool = False
    missed: dict[str, str] = field(default_factory=dict)
    _users: dict[str, Identity] = field(default_factory=dict)
    _resources: dict[str, BoundResource] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """What is said about the target."""
        return self.session.scenario

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the document that are in scope."""
        return self.session.operations

    @property
    def anonymous(self) -> Identity:
        """Nobody: no credential at all."""
        return ANONYMOUS

    def operation(self, identifier: str) -> Operation | None:
        """Return the operation with this id, if the document has it."""
        return next((operation for operation in self.operations if operation.id == identifier), None)

    def declared_success(self, identifier: str) -> tuple[int, ...]:
        """Return the 2xx statuses that the document declares for an operation, 200 to 204 where it declares none."""
        operation = self.operation(identifier)
        declared = [response.status for response in operation.responses] if operation else []
        exact = tuple(int(status) for status in declared if status.isdecimal() and status.startswith("2"))
        return exact or (200, 201, 202, 204)

    async def user(self, name: str, claims: Mapping[str, Any] | None = None) -> Identity:
        """Return the user of that role; the same one for the whole check. Raises Inconclusive if it is refused."""
        if name not in self._users:
            self._users[name] = await self.new_user(name, claims)
        return self._users[name]

    async def new_user(self, name: str, claims: Mapping[str, Any] | None = None) -> Identity:
        """Return another user of that role, a fresh one if there can be one. Raises Inconclusive if it is refused."""
        try:
            user = await self.session.introductions.introduce(name, claims)
        except UserRefused as refused:
            raise Inconclusive(
                "user-refused", str(refused), *([refused.exchange] if refused.exchange else [])
            ) from refused
        if self.own_users and not self.session.introductions.fresh:
            raise Inconclusive("user-refused", "sign-ups are limited (429), and this needs users of its own")
        if claims and user.subject is not None:
            self.session.claims[user.subject] = claims
        return user

    async def users(self, count: int) -> tuple[Identity, ...]:
        """Return `count` users in the order of their names; raise Inconclusive where two carry one credential."""
        users = tuple([await self.user(name) for name in self.session.introductions.names[:count]])
        if len({(user.headers, user.cookies) for user in users}) < len(users):
            names = " and ".join(user.name for user in users)
            raise Inconclusive("one-user", f"{names} carry the same credential; give each a credential of its own")
        return users

    async def two_users(self) -> tuple[Identity, Identity]:
        """Return the owner and the stranger."""
        alice, bob = await self.users(2)
        return alice, bob

    def key(self, user: Identity) -> str:
        """Return what tells one identity from another, over all checks."""
        return f"{user.name}:{user.subject or ''}"

    def resource(self, name: str) -> BoundResource:
        """Return the resource of that name."""
        if name not in self._resources:
            spec = next(each for each in self.scenario.resource if each.name == name)
            self._resources[name] = BoundResource(lab=self, spec=spec)
        return self._resources[name]

    def resources_with(self, *verbs: str) -> tuple[BoundResource, ...]:
        """Return the resources that have all these verbs."""
        wanted = set(verbs)
        self.missed |= {name: said for name, (known, said) in self.session.aside.items() if wanted <= known}
        return tuple(self.resource(spec.name) for spec in self.scenario.resource if wanted <= spec.abilities)

    def private_with(self, *verbs: str) -> tuple[BoundResource, ...]:
        """Return the resources that have all these verbs and are not for everybody to see."""
        return tuple(each for each in self.resources_with(*verbs) if not is_readable(self.session, each.name))

    def may_send(self, request: Request) -> bool:
        """Whether a request is in scope: below the base path, excluded by nothing."""
        return self.session.client.policy.admits(request)

    async def send(
        self, user: Identity, request: Request, *, purpose: str = "", raw: bool = False, forged: str | None = None
    ) -> Exchange:
        """Send one request; raise Inconclusive for an unplanned 429 and for a target that does not answer.

        A user of the run whose credential has ended carries a new one from then on (`harness.identities.renewal`).
        """
        renewals, send = self.session.renewals, self.session.client.send
        known = await renewals.current(user) if forged is None else user
        exchange = await insistently(lambda: send(known, request, purpose=purpose, raw=raw, forged=forged))
        if forged is None and (renewed := await renewals.after(known, exchange, purpose)) is not None:
            exchange = await send(renewed, request, purpose=purpose, raw=raw)
        if exchange.limited:
            raise Inconclusive(
                "quota",
                f"{user.name} was limited (429) on {request.method} {request.target.partition('?')[0]}",
                exchange,
            )
        if exchange.response is None:
            raise Inconclusive(
                "target-down",
                f"{request.method} {request.target.partition('?')[0]} got no answer ({exchange.error})",
                exchange,
            )
        if exchange.ok and not raw and forged is None:
            self.session.ledger.carried_out(user, request)
        return exchange

    def no_control(self, sentence: str, exchange: Exchange) -> Inconclusive:
        """Return the exception for a control that did not succeed."""
        got = str(exchange.status) if exchange.status is not None else str(exchange.error)
        said = excerpt(exchange)
        detail = f" ({said})" if said and not exchange.ok else ""
        return Inconclusive(
            "no-control",
            f"{sentence}: {exchange.request.operation or exchange.request.method} answered {got}{detail}",
            exchange,
        )
