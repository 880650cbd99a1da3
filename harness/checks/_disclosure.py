"""Looking for patterns in the body and headers of an answer that the request did not bring itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, is_text
from harness.expect import inconclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.checks._watching import StatusWatcher
    from harness.model import Exchange, Observation

ESCAPED = re.compile(r"[^\w .,:;()=<>*-]+")


def disclosed(seen: Seen, what: str, look: Callable[[str], str | None], shown: int = 120) -> Problem | bool:
    """Return what an error of the application gives away."""
    return given_away(seen, what, look, shown) if seen.response.is_error else False


def given_away(seen: Seen, what: str, look: Callable[[str], str | None], shown: int = 120) -> Problem | bool:
    """Return what an answer gives away; text that the request itself held does not count."""
    if not is_text(seen.response):
        return False
    found = look(seen.text)
    if found is None or _brought(seen.exchange, found):
        return True
    sentence = f"{seen.name} answers with {what}: {' '.join(found.split())[:shown]!r}"
    plain = max(ESCAPED.split(found), key=len)[:shown]  # as it stands in the body, whatever is escaped there
    return Problem(subject=f"{what} in {seen.name}", sentence=sentence, shows=(plain,) if plain else ())


@dataclass(frozen=True, slots=True)
class Clue:
    """What gives something away: a pattern, and words of which each of its matches holds one, as they are found sooner.

    Every answer of a run is looked at with every pattern, and hardly any holds one of the words.
    """

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, pattern: str, *words: str) -> Clue:
        """Return the clue of this pattern."""
        return cls(words, re.compile(pattern))

    def find(self, text: str) -> str | None:
        """Return the first match."""
        if not any(word in text for word in self.words):
            return None
        found = self.pattern.search(text)
        return None if found is None else found[0]


def first(clues: tuple[Clue, ...]) -> Callable[[str], str | None]:
    """Return a look that finds what the first of the clues finds."""

    def look(text: str) -> str | None:
        return next((found for clue in clues if (found := clue.find(text)) is not None), None)

    return look


def _brought(exchange: Exchange, found: str) -> bool:
    request = exchange.request
    headers = " ".join(value for _, value in request.headers)
    return found in f"{request.target} {headers}" or found.encode("utf-8", "replace") in request.body


class Sensitive:
    """A watcher that passes only when its detector recognises each of the planted examples."""

    def __init__(self, watcher: StatusWatcher, look: Callable[[str], str | None], examples: tuple[str, ...]) -> None:
        self._watcher = watcher
        self._look = look
        self._examples = examples

    def see(self, exchange: Exchange) -> None:
        """Look at one exchange."""
        self._watcher.see(exchange)

    def conclude(self) -> Iterator[Observation]:
        """Conclude, unless the detector is blind."""
        missed = [example for example in self._examples if self._look(example) is None]
        if missed:
            yield inconclusive(
                self._watcher.subject, "insensitive", f"a planted example was not recognised: {missed[0]!r}"
            )
            return
        yield from self._watcher.conclude()
