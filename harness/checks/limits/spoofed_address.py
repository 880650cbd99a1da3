"""A limiter that believes a client about who it is (CWE-348), or counts anew for every connection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from harness.checks.limits._quota import drain, limited_user, probe, unusable
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.checks.limits._quota import Drained
    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation, Request

SUBJECT = "spoofed address"
TIMES = 2
CLAIMS = (
    ("X-Forwarded-For", "203.0.113.7"),
    ("X-Forwarded-For", "203.0.113.8, 198.51.100.4"),
    ("X-Real-IP", "203.0.113.9"),
    ("Forwarded", "for=203.0.113.10"),
    ("True-Client-IP", "203.0.113.11"),
    ("CF-Connecting-IP", "203.0.113.12"),
    ("X-Client-IP", "203.0.113.13"),
    ("X-Cluster-Client-IP", "203.0.113.14"),
    ("X-Originating-IP", "127.0.0.1"),
    ("X-Remote-Addr", "127.0.0.1"),
    ("User-Agent", "another/1.0"),
    ("Accept-Language", "eo"),
    ("X-Device-Id", "0f0e0d0c"),
    ("X-API-Key", "0f0e0d0c0b0a"),
    ("X-User-ID", "somebody-else"),
    ("Origin", "https://elsewhere.example"),
    ("Cookie", "session=0f0e0d0c; sessionid=0f0e0d0c; client_id=0f0e0d0c"),
    ("X-Tier", "enterprise"),
    ("X-Plan", "enterprise"),
    ("X-RateLimit-Bypass", "true"),
)
HOST = ("X-Forwarded-Host", "elsewhere.example")
"""A host that a service may refuse."""
PARAMETERS = (("tier", "enterprise"), ("plan", "enterprise"), ("user_id", "somebody-else"), ("api_key", "0f0e0d0c0b0a"))


@check(
    severity=Severity.HIGH,
    catches=["limits.spoofing"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=348,
)
async def spoofed_address(lab: Lab) -> AsyncIterator[Observation]:
    """A limited user stays limited whatever address or client it claims to be."""
    alice = await limited_user(lab, "alice")
    drained = await drain(lab, alice)
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    if not drained.refused:
        yield inconclusive(SUBJECT, "no-control", "alice could not be brought to a 429", drained.exchanges[-1])
        return
    request = probe(lab)
    anew = [await lab.session.client.send(alice, request, purpose="attempt", raw=True) for _ in range(TIMES)]
    if sum(answer.ok for answer in anew) > _allowed(drained, anew):
        sentence = f"limited, alice gets {TIMES} of {TIMES} requests through, each on a connection of its own"
        yield failed(f"{SUBJECT}: connections", sentence, *drained.exchanges, anew[-1], users=("alice",))
        return
    shots = [
        (alice, replace(request, headers=(*request.headers, (name, value))))
        for name, value in (*CLAIMS, HOST)
        for _ in range(TIMES)
        if name != "Cookie" or not alice.cookies
    ]
    shots += [(alice, with_query(request, *claim)) for claim in PARAMETERS for _ in range(TIMES)]
    shots += [(_again(lab, alice, number), request) for number in range(TIMES)]
    answers = await lab.session.client.gather(shots, concurrency=8, purpose="attempt")
    accepted = [answer for answer in answers if answer.ok]
    if len(accepted) > _allowed(drained, answers):
        asked = parse_qsl(accepted[0].request.target.partition("?")[2])
        claimed = [each for each in PARAMETERS if each in asked] or [*accepted[0].request.headers[-1:]]
        name, value = (*claimed, ("a new token", "of the same user"))[0]
        share = f"{len(accepted)} of {len(answers)} requests"
        sentence = f"limited, alice gets {share} through by claiming to be somebody else ({name}: {value})"
        yield failed(SUBJECT, sentence, *drained.exchanges, accepted[0], users=("alice",))
    elif strange := next(
        (each for each in answers if not each.ok and not each.limited and _plain(each, request)), None
    ):
        sentence = f"a request with {strange.request.headers[-1:]} is answered {status_of(strange)}"
        yield inconclusive(SUBJECT, "unclear", sentence, strange)
    else:
        yield passed(
            SUBJECT,
            f"limited, alice stays limited with {len(CLAIMS)} claims to be another ({len(accepted)} refilled)",
            drained.refused[0],
            answers[0],
        )


def _allowed(drained: Drained, answers: Sequence[Exchange]) -> int:
    """Return how many may get through after the quota was used up, for what has come back meanwhile."""
    back = drained.rate * (max(each.done for each in answers) - drained.exchanges[-1].done)
    return drained.most - len(drained.accepted) + int(back) + 1


def _plain(answer: Exchange, request: Request) -> bool:
    """Whether a request asked for the same as the probe: parameters and hosts that are not known may be refused."""
    same = answer.request.target == request.target and answer.request.headers[-1:] != (HOST,)
    return same or answer.broken


def _again(lab: Lab, user: Identity, number: int) -> Identity:
    """Return the user with a token that nobody has seen yet, where tokens can be signed."""
    minter = lab.session.introductions.minter
    if minter is None or user.claims is None:
        return user
    claims = {**user.claims, "jti": f"again-{number}"}
    return lab.session.introductions.with_token(user.name, minter.sign(claims), claims=claims)
