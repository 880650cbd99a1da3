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


def _breaks(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.is_failure
