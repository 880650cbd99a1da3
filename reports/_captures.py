"""Which values of recorded answers later requests use, so that a script can take them from fresh answers."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Exchange

_LONG = 8
_NAMES = ("id", "uuid", "key", "slug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A value of the answer of one step, and where in it: a JSON pointer, or None for the Location header."""

    name: str
    step: int
    value: str
    pointer: str | None

    def command(self) -> str:
        """Return the shell line that takes the value from a fresh answer."""
        source = f"location {self.step}" if self.pointer is None else f"pointer {self.step} {shlex.quote(self.pointer)}"
        return f"{self.name}=$({source})"

    def split(self, text: str) -> list[str | Capture]:
        """Return `text` in pieces, with this capture wherever its value stands."""
        found: list[str | Capture] = []
        end = 0
        for match in self._pattern().finditer(text):
            found += [text[end : match.start()], self]
            end = match.end()
        return [*found, text[end:]]

    def used_in(self, text: str) -> bool:
        """Whether the value stands in `text`."""
        return bool(self._pattern().search(text))

    def _pattern(self) -> re.Pattern[str]:
        """A short value counts only as a whole word: 7 is not in 17, nor in /v7."""
        value = re.escape(self.value)
        return re.compile(value if len(self.value) >= _LONG else rf"(?<![\w.%-]){value}(?![\w.%-])")


def captures(shown: Sequence[Exchange]) -> tuple[Capture, ...]:
    """Return what answers of the steps gave to later requests and no request had held before."""
    taken: list[Capture] = []
    for number, exchange in enumerate(shown, 1):
        before = "\n".join(_sent(each) for each in shown[:number])
        after = "\n".join(_sent(each) for each in shown[number:])
        for value, pointer in _values(exchange):
            capture = Capture(name=f"id_{len(taken) + 1}", step=number, value=value, pointer=pointer)
            fresh = value not in {each.value for each in taken} and not capture.used_in(before)
            if fresh and capture.used_in(after):
                taken.append(capture)
    return tuple(taken)


def identifiers(creation: Exchange) -> tuple[str, ...]:
    """Return what may be the identifier of a created object, by the name of its field or from the Location header."""
    found = list(_values(creation))
    exact = [value for value, pointer in found if pointer is None or pointer.lower().rpartition("/")[2] in _NAMES]
    return tuple(
        dict.fromkeys(exact or [value for value, pointer in found if pointer and pointer.lower().endswith(_NAMES)])
    )


def _sent(exchange: Exchange) -> str:
    return exchange.request.target + "\n" + exchange.request.body.decode("utf-8", "replace")


def _values(exchange: Exchange) -> Iterator[tuple[str, str | None]]:
    """The leaves of a JSON answer, those that look like identifiers first, then the last segment of Location."""
    if not exchange.ok or exchange.response is None:
        return
    try:
        leaves = list(_leaves(json.loads(exchange.body), ""))
    except ValueError:
        leaves = []
    yield from sorted(leaves, key=lambda leaf: not leaf[1].lower().endswith(_NAMES))
    segment = urlsplit(exchange.response.header("Location") or "").path.rstrip("/").rpartition("/")[2]
    if segment:
        yield segment, None


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{pointer}/{index}")
    elif isinstance(value, str | int) and not isinstance(value, bool) and str(value):
        yield str(value), pointer
