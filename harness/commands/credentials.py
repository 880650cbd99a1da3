"""Fresh credentials for the steps of findings, forged ones too, as lines for a shell."""

from __future__ import annotations

import random
import shlex
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import forged
from harness.identities import credentials_of_nobody
from harness.lab import Lab
from harness.tokens import FORGERIES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Session
    from harness.model import Identity
    from reports.scripts import Holder


async def exports(session: Session, wanted: Sequence[Holder]) -> AsyncIterator[str]:
    """Yield an `export` for each credential that can be made, and a comment for each other.

    One user is introduced for each role and its claims; forgeries are made from the token of theirs.
    """
    users: dict[Holder, Identity] = {}
    for who in wanted:
        name = who.variable
        if who.forged in credentials_of_nobody():
            yield f"export {name}={shlex.quote(credentials_of_nobody()[who.forged] or '')}"
            continue
        plain = who.genuine
        if plain not in users:
            users[plain] = await session.introductions.introduce(plain.user, dict(plain.claims))
            yield f"export {plain.subject}={shlex.quote(users[plain].subject or '')}"
        token = credential(users[plain]) if who.forged is None else await _forged(session, users[plain], who.forged)
        if token is None:
            yield f"# {name}: this forgery ({who.forged}) needs what the harness has only while a run lasts"
        else:
            yield f"export {name}={shlex.quote(token)}"


def credential(user: Identity) -> str:
    """Return the bare credential of a user, empty for one that has none."""
    return user.token.value if user.token is not None else next((value for _, value in user.cookies), "")


async def _forged(session: Session, owner: Identity, name: str) -> str | None:
    """Return a forgery of this name, made of the token of `owner`; None where it cannot be made."""
    known = [forgery for forgery in FORGERIES if forgery.name == name]
    victim = await session.introductions.introduce(session.introductions.names[-1])
    lab = Lab(session=session, check_id="env", random=random.Random(session.seed))
    made = forged(lab, owner, victim, known)
    return credential(made[0][1]) if made else None
