"""Places of a request in which a quote must be a letter like others, and what it means that it is none.

Within a text of SQL two quotes stand for one; beside one, where names and numbers are, a comment stands for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harness.expect import failed, passed, skipped, status_of

if TYPE_CHECKING:
    from harness.model import Exchange, Identity, Observation

PLAIN, QUOTE = "x", "'"
WHOLE = {"two quotes": "''", "a comment of SQL": "/**/"}
TIMES = 2
SECONDS = 1.2
SLEEPS = ("'||(SELECT '' FROM pg_sleep({}))||'", "'-SLEEP({})-'")
"""How PostgreSQL and MySQL sleep within an expression."""


class Quoted(Protocol):
    """A place of a request that holds some text."""

    @property
    def user(self) -> Identity:
        """Who sends it."""

    @property
    def operation(self) -> str:
        """What is asked for."""

    @property
    def subject(self) -> str:
        """What is observed."""

    @property
    def name(self) -> str:
        """Where the text stands, in words."""

    async def sent(self, end: str) -> Exchange:
        """Send the request with something at the end of the text."""


async def judge(place: Quoted) -> Observation:
    """Ask with plain text and with a quote; where that fails, again and again, and with what leaves SQL whole."""
    operation, subject = place.operation, place.subject
    about = {"operation": operation, "users": (place.user.name,)}
    control, quoted = await place.sent(PLAIN), await place.sent(QUOTE)
    if not control.ok:
        sentence = f"{operation} does not take any text in {place.name} ({status_of(control)})"
        return skipped(subject, "not-applicable", sentence, control, **about)
    if not _breaks(quoted):
        sentence = f"{operation} answers {status_of(quoted)} to a quote in {place.name}: it is a text like others"
        return passed(subject, sentence, control, quoted, **about)
    for name, end in WHOLE.items():
        pairs = [(await place.sent(end), await place.sent(QUOTE)) for _ in range(TIMES)]
        if all(whole.status == control.status and _breaks(single) for whole, single in pairs):
            said = (
                f"{quoted.request.operation or operation} answers {quoted.status} to a quote in {place.name}, each time"
            )
            sentence = f"{said}, and {control.status} to {name}: a statement is made of it"
            return failed(subject, sentence, control, quoted, *pairs[0], **about)
    sentence = f"{operation} fails with a quote in {place.name}, and with what SQL would leave whole as well"
    return passed(subject, sentence, control, quoted, *pairs[0], **about)


async def delays(place: Quoted) -> Observation | None:
    """Return that a sleep of SQL in a place is slept, each time, and one of no seconds is not; None if it is not so.

    Only time tells where neither the result of a statement nor its failure is shown.
    """
    for shape in SLEEPS:
        shown: list[Exchange] = []
        for _ in range(TIMES):
            shown.append(await place.sent(shape.format(SECONDS)))
            if _took(shown[-1]) < SECONDS:
                break
            shown.append(await place.sent(shape.format(0)))
            if _took(shown[-1]) > SECONDS / 2:
                break
        else:
            sentence = f"{place.operation} takes {_took(shown[-2]):.1f} s with {shape.format(SECONDS)} in {place.name}"
            said = f"{sentence}, each time, and {_took(shown[-1]):.1f} s with 0 in its place: a statement is made of it"
            return failed(place.subject, said, *shown, operation=place.operation, users=(place.user.name,))
    return None


def _took(exchange: Exchange) -> float:
    return exchange.done - exchange.sent


def _breaks(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.is_failure
