"""What errors share: looking for patterns in the body and headers of an error that the request did not bring itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, is_text
from harness.expect import inconclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.checks._watching import StatusWatcher
    from harness.model import Exchange, Observation

LONGEST = 200_000
ESCAPED = re.compile(r"[^\w .,:;()=<>*-]+")


def disclosed(seen: Seen, what: str, look: Callable[[str], str | None], shown: int = 120) -> Problem | bool:
    """Return what an error of the application gives away; text that the request itself held does not count."""
    if seen.response.status < 400 or not is_text(seen.response):  # noqa: PLR2004
        return False
    found = look(text_of(seen))
    if found is None or _brought(seen.exchange, found):
        return True
    sentence = f"{seen.name} answers with {what}: {' '.join(found.split())[:shown]!r}"
    plain = max(ESCAPED.split(found), key=len)[:shown]  # as it stands in the body, whatever is escaped there
    return Problem(subject=f"{what} in {seen.name}", sentence=sentence, shows=(plain,) if plain else ())


def text_of(seen: Seen) -> str:
    """Return body and headers as text, with the escapes of JSON undone."""
    body = seen.response.body[:LONGEST].decode("utf-8", "replace")
    headers = "\n".join(f"{name}: {value}" for name, value in seen.response.headers)
    return f"{headers}\n{body}".replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\/", "/")


def first(patterns: tuple[re.Pattern[str], ...]) -> Callable[[str], str | None]:
    """Return a look that finds the first match of any pattern."""

    def look(text: str) -> str | None:
        found = next((match for pattern in patterns if (match := pattern.search(text))), None)
        return None if found is None else found[0]

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
