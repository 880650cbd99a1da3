"""Whose credential a recorded request was sent with, and the shell variable that stands in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.identities import NO_CREDENTIAL
from harness.model import ANONYMOUS
from reports._captures import Capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Exchange, Finding, Run

VARIABLE = re.compile(r"\$(HARNESS_[A-Z0-9_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A user by its role, with the claims it had beside the usual ones, or a forgery of its credential."""

    user: str
    claims: tuple[tuple[str, Any], ...] = ()
    forged: str | None = None

    @property
    def words(self) -> str:
        """What tells it from all others, as one word."""
        parts = (self.user, *(f"{name} {value}" for name, value in self.claims), *filter(None, (self.forged,)))
        return "_".join(map(_word, parts))

    @property
    def genuine(self) -> Holder:
        """The same user with its own credential."""
        return Holder(user=self.user, claims=self.claims)

    @property
    def subject(self) -> str:
        """The variable that `harness env` gives its identifier."""
        return f"HARNESS_{self.genuine.words.upper()}_SUBJECT"

    @property
    def variable(self) -> str:
        """The variable that `harness env` gives its credential."""
        return f"HARNESS_{self.words.upper()}_TOKEN"


def holder(run: Run, exchange: Exchange) -> Holder:
    """Return who sent a request."""
    known: Mapping[str, Any] = run.facts.get("claims") or {}
    claims = known.get(exchange.subject or "") or {}
    return Holder(user=exchange.user, claims=tuple(sorted(claims.items())), forged=exchange.forged)


def carriers(run: Run, who: Holder) -> list[tuple[str, str]]:
    """Return header and template of each part of a credential; none for who sends none."""
    known: Mapping[str, Any] = run.facts.get("credentials") or {}
    if who.forged == NO_CREDENTIAL:
        return []
    parts = known.get(who.user, ())
    return [(str(name), VARIABLE.sub(lambda _found: f"${who.variable}", str(text))) for name, text in parts]


def subjects(run: Run, finding: Finding, exchanges: Sequence[Exchange]) -> tuple[Capture, ...]:
    """Return the identifiers of users that these requests name, as captures of what `harness env` says."""
    sent = [f"{each.request.target}\n{each.request.body.decode('utf-8', 'replace')}" for each in exchanges]
    found: dict[str, Capture] = {}
    for each in run.exchanges:
        if each.phase == finding.check.id and each.subject and not each.forged:
            name = holder(run, each).subject
            named = Capture(name=name, step=0, value=each.subject, pointer="")
            if name not in found and any(map(named.used_in, sent)):
                found[name] = named
    return tuple(found.values())


def holders(run: Run, exchanges: Iterable[Exchange]) -> tuple[Holder, ...]:
    """Return each who sent one of these requests with a credential."""
    found = dict.fromkeys(holder(run, each) for each in exchanges if each.user != ANONYMOUS.name)
    return tuple(each for each in found if carriers(run, each))


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower() or "x"
