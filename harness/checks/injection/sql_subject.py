"""SQL injection (CWE-89) by the name of a user: who an issuer says it is becomes a setting or a condition.

A token is signed, but who is named in it may have chosen the name: an address may have a quote in it (RFC 5321, 4.1.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checks.injection._quotes import judge
from harness.checks.tokens._forging import any_secret
from harness.checks.validation._input import attempt
from harness.expect import inconclusive, skipped
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation, Request


@check(
    severity=Severity.HIGH,
    catches=["injection.sql"],
    needs=Needs(users=1, features=("minter",), writes=False),
    owasp="API8:2023",
    cwe=89,
)
async def sql_subject(lab: Lab) -> AsyncIterator[Observation]:
    """The subject of a token becomes no part of a statement."""
    user = await lab.user(lab.session.introductions.names[0])
    request = harmless(lab, user)
    if request is None or user.claims is None or user.subject is None:
        yield skipped("subject", "not-applicable", "no request of a user can be told from another one by its subject")
        return
    bare = await lab.send(lab.anonymous, request, purpose="control")
    own, foreign = await lab.send(user, request, purpose="control"), await any_secret(lab, user)
    if not own.ok or bare.ok or foreign is not None:
        sentence = f"{request.operation} does not tell {user.name} from nobody, so no subject is looked at"
        yield inconclusive("subject", "no-control", sentence, own, bare)
        return
    yield await judge(_Subject(lab=lab, user=user, request=request))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A request of users who are named like one, with something at the end."""

    lab: Lab
    user: Identity
    request: Request
    name: str = "the subject of a token"

    @property
    def operation(self) -> str:
        return str(self.request.operation)

    @property
    def subject(self) -> str:
        return f"{self.operation}: subject"

    async def sent(self, end: str) -> Exchange:
        """Send the request as a user of that name."""
        introductions = self.lab.session.introductions
        assert introductions.minter is not None  # noqa: S101 -- needed by the check
        claims = {**(self.user.claims or {}), "sub": f"{self.user.subject}{end}"}
        other = introductions.with_token(self.user.name, introductions.minter.sign(claims), claims=claims)
        return await attempt(self.lab, other, self.request)
