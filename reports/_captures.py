"""Which values of recorded answers later requests use, so that a script can take them from fresh answers."""

from __future__ import annotations

import functools
import json
import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from harness.model import Exchange

_LONG = 8
_NAMES = ("id", "uuid", "key", "slug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A value of the answer of one step, and where in it: a JSON pointer, or None for the Location header.

    `place` is the path of the object that the step created, if the value is its identifier: two objects may have the
    same number, but not in one place. What is not `needed` may be missing, such as the cursor of a next page. One that
    is `encoded` is taken as it stands in a query: `value` has its percent signs already.
    """

    name: str
    step: int
    value: str
    pointer: str | None
    place: str | None = None
    needed: bool = True
    encoded: bool = False

    def command(self) -> str:
        """Return the shell line that takes the value from a fresh answer."""
        source = f"location {self.step}" if self.pointer is None else f"pointer {self.step} {shlex.quote(self.pointer)}"
        source += " | encoded" if self.encoded else ""
        return f"{self.name}=$({source}){'' if self.needed else f' || {self.name}='}"

    @property
    def lasting(self) -> bool:
        """Whether the value is long enough to be nothing else."""
        return len(self.value) >= _LONG

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
        return re.compile(value if self.lasting else rf"(?<![\w.%-]){value}(?![\w.%-])")


def substituted(target: str, known: Sequence[Capture], literal: Collection[str]) -> list[str | Capture]:
    """Return a target in pieces: each segment that names a created object by its place, all else by value.

    What `literal` names of the query is no identifier, such as the size of a page.
    """
    path, mark, query = target.partition("?")
    pieces: list[str | Capture] = []
    place = ""
    for segment in path.removeprefix("/").split("/"):
        place = f"{place}/{segment}"
        found = next((each for each in known if each.place == place), None)
        pieces += ["/", *((found,) if found is not None else by_value(segment, known))]
    for part in re.split("(&)", query):
        pieces += [mark, part] if part.partition("=")[0] in literal else [mark, *by_value(part, known)]
        mark = ""
    return pieces


def by_value(text: str, known: Sequence[Capture]) -> list[str | Capture]:
    """Return a text in pieces, with captures wherever their values stand."""
    pieces: list[str | Capture] = [text]
    for capture in known:
        pieces = [part for piece in pieces for part in (capture.split(piece) if isinstance(piece, str) else [piece])]
    return pieces


def captures(shown: Sequence[Exchange]) -> tuple[Capture, ...]:
    """Return what answers of the steps gave to later requests and no request had held before."""
    taken: list[Capture] = []
    for number, exchange in enumerate(shown, 1):
        before = "\n".join(_sent(each) for each in shown[:number])
        after = "\n".join(_sent(each) for each in shown[number:])
        own = _own(exchange)
        needed = exchange.purpose in {"create", ""}
        later = {value for each in shown[number:] for value in _own(each)}
        for value, pointer in _values(exchange):
            place = f"{_path(exchange)}/{value}" if value in own else None
            capture = Capture(
                name=f"id_{len(taken) + 1}", step=number, value=value, pointer=pointer, place=place, needed=needed
            )
            if place is not None and place not in {each.place for each in taken} and _led_to(place, shown[number:]):
                taken.append(capture)
                continue
            quoted = quote_plus(value, errors="replace")
            if quoted != value and value not in before and f"={quoted}" in after:
                capture = replace(capture, value=quoted, encoded=True)
            fresh = capture.value not in {*later, *(each.value for each in taken)} and not capture.used_in(before)
            known_again = capture.lasting or needed  # 20 on a page is no identifier
            if fresh and known_again and capture.used_in(after):
                taken.append(capture)
    return tuple(taken)


def _own(exchange: Exchange) -> tuple[str, ...]:
    return identifiers(exchange) if exchange.purpose == "create" else ()


def _led_to(place: str, later: Sequence[Exchange]) -> bool:
    return any(f"{_path(each)}/".startswith(f"{place}/") for each in later)


def _path(exchange: Exchange) -> str:
    return exchange.request.target.partition("?")[0].rstrip("/")


@functools.lru_cache(maxsize=4096)
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
    except (ValueError, RecursionError):
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
