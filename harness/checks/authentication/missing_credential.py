"""Missing authentication for a critical function (CWE-306): no credential, an empty one and garbage, everywhere.

Schemes that are not in use are tried as well: what was left of an older way in often believes whatever it is told.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, refusal, status_of, token_cell
from harness.identities import carried, credentials_of_nobody, proof_of
from harness.lab import Specimen, chosen
from harness.model import Identity, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Observation

UNAUTHORIZED = 401
LONG = 12
"""Shorter credentials are no secrets of which a part could be as good."""
LOOKED_UP = frozenset({404, 409, 410})
"""Answers that take an object to be looked for first, in somebody's name."""


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.missing", "tokens.missing", "tokens.garbage"],
    needs=Needs(users=1, features=("guarded",)),
    owasp="API2:2023",
    cwe=306,
)
async def missing_credential(lab: Lab) -> AsyncIterator[Observation]:
    """A private operation refuses whoever brings no credential, an empty one or garbage."""
    user = await lab.user(lab.session.introductions.names[0])
    for specimen in await chosen(lab, user):
        before = None if specimen.once else await specimen.accepted()
        attempts = [
            (name, await lab.send(identity, specimen.request, purpose="attempt", forged=name))
            for name, identity in _strangers(lab, user)
        ]
        after = await specimen.accepted()
        controls = [exchange for exchange in (before, after) if exchange is not None]
        for name, attempt in attempts:
            yield _judge(specimen, name, attempt, controls, bare=attempts[0][1])


def _strangers(lab: Lab, user: Identity) -> list[tuple[str, Identity]]:
    made, (more_headers, more_cookies) = [], proof_of(user)
    for name, value in (*credentials_of_nobody().items(), *_nearly(user)):
        headers, cookies = carried(lab.scenario.users.credential, value) if value is not None else ((), ())
        bare = tuple((key, text.rstrip()) for key, text in headers)
        identity = Identity(name="nobody", headers=(*bare, *more_headers), cookies=(*cookies, *more_cookies))
        made.append((name, identity))
    for name, value in _schemes(user).items():
        headers = (("Authorization", value), *more_headers)
        made.append((name, Identity(name="nobody", headers=headers, cookies=more_cookies)))
    return made


def _schemes(user: Identity) -> dict[str, str]:
    """Return credentials that name the user in other schemes, and that no secret backs (RFC 9110, section 11.4).

    A user with a password is not named with a wrong one: that could lock the account.
    """
    who = user.subject or user.name
    pair = f"{who if user.password is None else 'nobody'}:{secrets.token_urlsafe(12)}"
    return {
        "a name with any password": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "a name in place of a token": f"Token {who}",
        "a name in place of a key": f"ApiKey {who}",
        "a name without a digest": f'Digest username="{who}", realm="", nonce="", uri="/", response=""',
    }


def _nearly(user: Identity) -> list[tuple[str, str]]:
    """Return what is hardly the credential of the user; signed tokens have checks of their own."""
    value = user.token.value if user.token is not None else ""
    if user.claims is not None or len(value) < LONG:
        return []
    return [
        ("a credential cut short", value[: -len(value) // 4]),
        ("a credential in another letter case", value.swapcase()),
        ("a credential with a wildcard at its end", f"{value[:-1]}%"),
    ]


def _judge(
    specimen: Specimen, name: str, attempt: Exchange, controls: Sequence[Exchange], *, bare: Exchange
) -> Observation:
    """Judge an attempt; `bare` is the one without any credential."""
    operation = specimen.operation
    subject = f"{operation}: {name}"
    about = {"operation": operation, "cell": token_cell(operation, name), "users": (specimen.owner.name, "nobody")}
    broken = [exchange for exchange in controls if not exchange.ok]
    if attempt.ok:
        return failed(subject, f"{operation} answers {attempt.status} to {name}", attempt, *controls, **about)
    if bare.status == UNAUTHORIZED and attempt.status in LOOKED_UP:
        sentence = f"{operation} answers {bare.status} to no credential, but {attempt.status} to {name}: as to somebody"
        return failed(subject, sentence, attempt, bare, *controls, **about)
    if broken and specimen.once:
        what = f"after requests with {name} the owner's own fails ({status_of(broken[0])})"
        sentence = f"{what}: {operation} had an effect, or never works"
        return inconclusive(subject, "no-control", sentence, attempt, broken[0], **about)
    if broken:
        sentence = (
            f"{operation} does not accept its owner either ({status_of(broken[0])}), so the refusal means nothing"
        )
        return inconclusive(subject, "no-control", sentence, attempt, broken[0], **about)
    if refusal(attempt) is None:
        return inconclusive(subject, "unclear", f"{operation} answers {status_of(attempt)} to {name}", attempt, **about)
    return passed(subject, f"{operation} refuses {name} ({attempt.status})", attempt, **about)
