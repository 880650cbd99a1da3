"""By what the answers of a finding are known again where their status is not enough: words in them, their likeness."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.lab.markers import ALPHABET, LENGTH
from harness.lab.resource.paging import NEXT_PAGE
from reports._captures import Capture, by_value
from reports._likeness import likeness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Exchange, Finding

_WITNESS = re.compile(rf"(?<![0-9A-Za-z])[{ALPHABET}]{{{LENGTH}}}(?![0-9A-Za-z])")  # part of an identifier it is none
_LONG = 8
_TELLING = 4
_ORDINARY = frozenset({"accept", "content-type", "user-agent", "host", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A text that stands in one of the answers of `steps`, or where `missing` in none of them.

    It is a part of an answer before where it is a Capture.
    """

    steps: tuple[int, ...]
    text: str | Capture
    missing: bool = False


def words(shown: Sequence[Exchange], finding: Finding, known: Sequence[Capture]) -> tuple[Word, ...]:
    """Return the words by which a fresh run of these steps shows the finding."""
    attempts = attempted(shown)
    found = [
        *_received(shown, attempts, finding, known),
        *_written(shown, attempts, known),
        *_vanished(shown, attempts),
    ]
    return tuple(dict.fromkeys(found))


def attempted(shown: Sequence[Exchange]) -> tuple[int, ...]:
    """Return the numbers of the steps that the finding is about: the attempts, else the last step."""
    steps = [number for number, each in enumerate(shown, 1) if each.purpose.startswith("attempt") or each.forged]
    return tuple(steps or [len(shown)])


def judged(shown: Sequence[Exchange], first: int) -> tuple[int, ...]:
    """Return the numbers of the steps, from `first` on, whose answer is judged by itself, and so has to look as it did.

    Where a credential was forged its status tells, where something is read back, what is read.
    """
    if any(each.purpose == "read-back" or each.forged for each in shown):
        return ()
    return tuple(each for each in attempted(shown) if each >= first and shown[each - 1].response is not None)


def alike(exchange: Exchange) -> tuple[str, ...]:
    """Return how an answer looks, whoever asks and whenever; without its body where that was not kept whole."""
    if exchange.response is None:
        return ()
    body = "" if exchange.response.truncated else exchange.body.decode("utf-8", "replace")
    return tuple(likeness(exchange.response.status, exchange.response.headers, body))


def goes_on(exchange: Exchange) -> bool:
    """Whether a request asks for the next page of what the one before it asked for."""
    return exchange.purpose.endswith(NEXT_PAGE)


def _received(
    shown: Sequence[Exchange], attempts: Sequence[int], finding: Finding, known: Sequence[Capture]
) -> Iterator[Word]:
    """What others own, or what the attempt itself said, in the answers to it.

    A short identifier is a sign only where there is no text: 1 is also a version, and the number of a page.
    """
    for walk in _walks(shown, attempts):
        before = [each for each in shown[: walk[0] - 1] if each.user != shown[walk[0] - 1].user]
        answers = "\n".join(_answer(shown[number - 1]) for number in walk)
        told = [*said(before), *_claimed(shown[walk[0] - 1])]
        texts = [*finding.observation.shows, *(text for text in told if text in answers)]
        yield from (Word(steps=walk, text=text) for text in texts)
        for capture in known:
            if (
                0 < capture.step < walk[0]
                and (capture.lasting or not texts)
                and shown[capture.step - 1] in before
                and capture in by_value(answers, [capture])
            ):
                yield Word(steps=walk, text=capture)


def _walks(shown: Sequence[Exchange], attempts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Attempts, each with the pages that go on where it ended; of a walk, the first pages may not be shown."""
    walk: list[int] = []
    for number in attempts:
        if walk and not goes_on(shown[number - 1]):
            yield tuple(walk)
            walk = []
        walk.append(number)
    yield tuple(walk)


def _written(shown: Sequence[Exchange], attempts: Sequence[int], known: Sequence[Capture]) -> Iterator[Word]:
    """What an attempt has sent, in what is read afterwards."""
    for number in attempts:
        values = {capture.value for capture in known}
        sent = {*said([shown[number - 1]]), *_leaves(shown[number - 1].request.body)} - values
        for later in range(number, len(shown) + 1):
            yield from (Word(steps=(later,), text=text) for text in sorted(sent) if text in _answer(shown[later - 1]))


def _vanished(shown: Sequence[Exchange], attempts: Sequence[int]) -> Iterator[Word]:
    """What its owner found before the attempt, and does not find afterwards."""
    for number in range(attempts[-1] + 1, len(shown) + 1):
        after = shown[number - 1]
        same = [each for each in shown[: attempts[0] - 1] if (each.user, _path(each)) == (after.user, _path(after))]
        held = "\n".join(map(_answer, same))
        for text in said(shown[: attempts[0] - 1]):
            if text in held and text not in _answer(after) and after.response and not after.response.truncated:
                yield Word(steps=(number,), text=text, missing=True)


def said(exchanges: Sequence[Exchange]) -> list[str]:
    """The markers in what was sent."""
    return [word for each in exchanges for word in _WITNESS.findall(each.request.body.decode("utf-8", "replace"))]


def _claimed(exchange: Exchange) -> list[str]:
    """What the headers of a request say that is not in every request."""
    return [value for name, value in exchange.request.headers if name.lower() not in _ORDINARY and len(value) >= _LONG]


def _leaves(body: bytes) -> list[str]:
    """The values of a JSON body that are long enough to be known again."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return []
    values = document.values() if isinstance(document, dict) else ()
    texts = (str(value) for value in values if isinstance(value, str | int) and not isinstance(value, bool))
    return [text for text in texts if len(text) >= _TELLING]


def _answer(exchange: Exchange) -> str:
    headers = "\n".join(value for _, value in exchange.response.headers) if exchange.response else ""
    return f"{headers}\n{exchange.body.decode('utf-8', 'replace')}"


def _path(exchange: Exchange) -> str:
    return exchange.request.target.partition("?")[0]
