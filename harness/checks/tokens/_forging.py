"""Every forgery of some weaknesses on every operation, each beside the acceptance of the token it was made from."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, refusal, skipped, status_of, token_cell
from harness.identities import proof_of
from harness.lab import Inconclusive, Specimen, chosen, harmless
from harness.model import Identity, Secret, Severity
from harness.tokens import Forgery, Material, decode, forgeries_of, mint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Observation

FEW = 4
SPREAD = 2
UNAUTHORIZED = 401


TIMES = frozenset({"tokens.expiry", "tokens.lifetime", "tokens.not-before"})
LARGEST_SKEW = 8.0  # a Date in whole seconds, and an answer that may take its time


async def refuses(lab: Lab, *weaknesses: str) -> AsyncIterator[Observation]:
    """Try each forgery on each operation; judge those that were really refused beside an accepted valid token."""
    alice, bob = await lab.two_users()
    made = forged(lab, alice, bob, forgeries_of(*weaknesses))
    if not made:
        wanted = ", ".join(weaknesses)
        sentence = f"no forgery of {wanted} can be made of a token with this algorithm and these declared claims"
        yield skipped("tokens", "not-applicable", sentence)
        return
    if TIMES & set(weaknesses):
        await same_time(lab, alice)
    async for observation in tried(lab, alice, made):
        yield observation


async def any_secret(lab: Lab, user: Identity) -> Observation | None:
    """Return that a token of a random secret is as good as the user's own; None where it is refused, or none is made.

    Raises Inconclusive where the user's own token is not accepted.
    """
    request = harmless(lab, user)
    try:
        header, claims, _ = decode(user.token.value if user.token else "")
    except ValueError:
        return None
    if request is None:
        return None
    accepted = await lab.send(user, request, purpose="control")
    if not accepted.ok:
        raise lab.no_control(f"{user.name}'s token is not accepted", accepted)
    algorithm = str(header.get("alg", ""))
    algorithm = algorithm if algorithm.startswith("HS") else "HS256"
    token = mint(claims, {**header, "alg": algorithm}, lab.random.randbytes(48).hex(), algorithm)
    other = await lab.send(carrying(lab, user, token), request, purpose="attempt", forged="signature-foreign")
    if not other.ok:
        return None
    sentence = f"{request.operation} accepts a token signed with a random secret, so that any secret is as good"
    return failed("signing secret", sentence, accepted, other, users=(user.name,), operation=request.operation)


async def tried(lab: Lab, user: Identity, made: Sequence[tuple[Forgery, Identity]]) -> AsyncIterator[Observation]:
    """Try each forged identity on each operation of a user whose token is valid."""
    found = await chosen(lab, user)
    strange: dict[str, Exchange] = {}
    for position, specimen in enumerate(found):
        async for observation in _on(lab, specimen, _share(lab, made, position, len(found)), strange):
            yield observation
    if strange:
        yield _strange(strange)


def _share(
    lab: Lab, made: Sequence[tuple[Forgery, Identity]], position: int, count: int
) -> Sequence[tuple[Forgery, Identity]]:
    """Return the forgeries for one operation: all, or in the quick profile the first, and others on SPREAD in turn.

    In a sparing session each of the others is tried once.
    """
    if lab.session.profile != "quick" or len(made) <= FEW:
        return made
    spread = 1 if lab.session.sparing else SPREAD
    return [each for number, each in enumerate(made) if not number or (position - number) % count < spread]


async def same_time(lab: Lab, user: Identity) -> None:
    """Compare the clocks by the Date header (RFC 9110, section 6.6.1); raise Inconclusive where they are apart."""
    request = harmless(lab, user)
    if request is None:
        return
    control = await lab.send(user, request, purpose="control")
    said = control.response.header("Date") if control.response else None
    with contextlib.suppress(ValueError, TypeError):
        skew = parsedate_to_datetime(said or "").timestamp() - control.at
        if abs(skew) > LARGEST_SKEW:
            sentence = (
                f"the clock of the service is {skew:+.0f} s from ours: set them right, times in tokens mean nothing"
            )
            raise Inconclusive("clock", sentence, control)


def forged(lab: Lab, owner: Identity, victim: Identity, forgeries: Sequence[Forgery]) -> list[tuple[Forgery, Identity]]:
    """Return an identity for each forgery that can be made with what the scenario offers."""
    minter = lab.session.introductions.minter
    if owner.token is None or owner.claims is None:
        return []
    if minter is None:  # the token is all there is: what takes no key can be forged all the same
        given = Material(token=owner.token, now=int(time.time()), victim=victim.subject, seed=lab.session.seed)
        made = [(forgery, forgery.forge(given)) for forgery in forgeries if forgery.needs == "token"]
        return [(forgery, carrying(lab, owner, token)) for forgery, token in made if token is not None]
    spec, issuer = minter.spec, lab.session.introductions.issuer
    material = Material(
        token=owner.token,
        now=int(time.time()),
        key=minter.key,
        public_keys=tuple(key.public for key in issuer.published) if issuer else (),
        audience=spec.audience,
        issuer=spec.issuer,
        max_lifetime=spec.max_lifetime,
        leeway=spec.leeway,
        victim=victim.subject,
        seed=lab.session.seed,
    )
    tokens = [(forgery, forgery.forge(material)) for forgery in forgeries if forgery.needs != "listener"]
    return [(forgery, carrying(lab, owner, token)) for forgery, token in tokens if token is not None]


def carrying(lab: Lab, owner: Identity, token: str) -> Identity:
    """Return the owner with another token in place of the own one; with an empty one, without any credential."""
    more_headers, more_cookies = proof_of(owner)
    if not token:
        return replace(owner, headers=more_headers, cookies=more_cookies, token=None)
    introductions = lab.session.introductions
    headers, cookies = introductions.carried(token)
    introductions.credentials.discard(owner.subject or "")  # a name is none, though it is tried as one
    headers, cookies = (*headers, *more_headers), (*cookies, *more_cookies)
    return replace(owner, headers=headers, cookies=cookies, token=Secret(value=token))


async def _on(
    lab: Lab, specimen: Specimen, made: Sequence[tuple[Forgery, Identity]], strange: dict[str, Exchange]
) -> AsyncIterator[Observation]:
    """Accept the valid token (after the forgeries, where success uses the object up), refuse the others.

    A refusal by another status than the document declares goes to `strange`, by operation.
    """
    before = None if specimen.once else await specimen.accepted()
    attempts = [
        (forgery, await lab.send(identity, specimen.request, purpose="attempt", forged=forgery.name))
        for forgery, identity in made
    ]
    after = await specimen.accepted()
    controls = [exchange for exchange in (before, after) if exchange is not None]
    used_up = specimen.once and any(attempt.ok for _, attempt in attempts)  # later ones find nothing any more
    for forgery, attempt in attempts:
        yield _judge(specimen, forgery, attempt, controls)
        judged = refusal(attempt) and attempt.status != UNAUTHORIZED and not used_up
        if judged and _declares_401(lab, specimen.operation):
            strange.setdefault(specimen.operation, attempt)


def _strange(found: dict[str, Exchange]) -> Observation:
    """Tell it once: the same part of a service refuses for all its operations."""
    (operation, attempt), more = next(iter(found.items())), len(found) - 1
    others = f" (as {more} other operations do)" if more else ""
    sentence = f"{operation} refuses with {status_of(attempt)}{others}, the document declares 401 for a bad token"
    return failed("refusals", sentence, *found.values(), operation=operation, severity=Severity.LOW)


def _judge(specimen: Specimen, forgery: Forgery, attempt: Exchange, controls: Sequence[Exchange]) -> Observation:
    operation = specimen.operation
    subject = f"{operation}: {forgery.name}"
    cell = token_cell(operation, forgery.name)
    if attempt.ok:
        sentence = f"{operation} accepts a token that must be refused ({attempt.status}): {forgery.title}"
        return failed(
            subject, sentence, attempt, *controls, operation=operation, cell=cell, users=(specimen.owner.name,)
        )
    broken = [exchange for exchange in controls if not exchange.ok]
    if broken:
        if specimen.once:
            what = f"{operation} does not accept the valid token afterwards ({status_of(broken[0])})"
            sentence = f"{what}, so no refusal means anything"
        else:
            sentence = (
                f"{operation} does not accept the valid token ({status_of(broken[0])}), so the refusal means nothing"
            )
        return inconclusive(subject, "no-control", sentence, attempt, broken[0], operation=operation, cell=cell)
    if (unheard := unasked(specimen.lab)) is not None:
        return inconclusive(subject, "never-fetched", unheard, attempt, operation=operation, cell=cell)
    if refusal(attempt) is None:
        sentence = f"{operation} answers {status_of(attempt)} to a token that must be refused: {forgery.title}"
        return inconclusive(subject, "unclear", sentence, attempt, operation=operation, cell=cell)
    return passed(
        subject, f"{operation} refuses ({attempt.status}): {forgery.title}", attempt, operation=operation, cell=cell
    )


def unasked(lab: Lab) -> str | None:
    """Return what is wrong where the service has never asked for the keys that it verifies with; None if it has."""
    issuer = lab.session.introductions.issuer
    if issuer is None or issuer.fetches:
        return None
    return f"the service accepts tokens, and has never fetched the keys at {issuer.url}; so a refusal means nothing"


def _declares_401(lab: Lab, operation: str) -> bool:
    known = lab.operation(operation)
    return known is not None and any(response.status == "401" for response in known.responses)
