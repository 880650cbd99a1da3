"""What observations mean: pure judgements over exchanges, each beside the control that earns it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from harness.model import Cell, Exchange, Observation, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MISSING = "(nothing)"
EXCERPT = 160
WORD_AT_END = re.compile(r"[\w.+/=~%-]*\Z")
NOISY_HEADERS = frozenset(
    {
        "date",
        "age",
        "server-timing",
        "keep-alive",
        "content-length",
        "transfer-encoding",
    }
)
OPAQUE_HEADERS = frozenset(
    {"set-cookie", "etag", "last-modified"}
)  # their presence tells something, their value nothing


def passed(subject: str, sentence: str, *exchanges: Exchange, **extra: Any) -> Observation:
    """Return a PASSED observation."""
    return Observation(subject=subject, outcome=Outcome.PASSED, sentence=sentence, exchanges=_ids(exchanges), **extra)


def failed(subject: str, sentence: str, *exchanges: Exchange, **extra: Any) -> Observation:
    """Return a FAILED observation."""
    return Observation(subject=subject, outcome=Outcome.FAILED, sentence=sentence, exchanges=_ids(exchanges), **extra)


def inconclusive(subject: str, reason: str, sentence: str, *exchanges: Exchange, **extra: Any) -> Observation:
    """Return an INCONCLUSIVE observation with its reason code."""
    return Observation(
        subject=subject,
        outcome=Outcome.INCONCLUSIVE,
        reason=reason,
        sentence=sentence,
        exchanges=_ids(exchanges),
        **extra,
    )


def skipped(subject: str, reason: str, sentence: str, *exchanges: Exchange, **extra: Any) -> Observation:
    """Return a SKIPPED observation with its reason code (not-offered, not-applicable, not-seen)."""
    return Observation(
        subject=subject, outcome=Outcome.SKIPPED, reason=reason, sentence=sentence, exchanges=_ids(exchanges), **extra
    )


def _ids(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(exchange.id for exchange in exchanges))


def isolation_cell(operation: str, owner: str, stranger: str) -> Cell:
    """Return the cell of the access matrix: an operation, tried on the owner's object by the stranger."""
    return Cell(matrix="isolation", row=operation, column=f"{owner} > {stranger}")


def token_cell(operation: str, forgery: str) -> Cell:
    """Return the cell of the token matrix: an operation, tried with a forgery."""
    return Cell(matrix="tokens", row=operation, column=forgery)


def shape(exchange: Exchange) -> dict[str, str]:
    """Flatten a response into comparable parts: status, names and values of headers, each leaf of its JSON body."""
    if exchange.response is None:
        return {"status": MISSING}
    parts = {"status": str(exchange.response.status)}
    for name, value in exchange.response.headers:
        if name.lower() not in NOISY_HEADERS:
            parts[f"header {name.lower()}"] = "(present)" if name.lower() in OPAQUE_HEADERS else value
    try:
        document = json.loads(exchange.response.body)
    except (ValueError, RecursionError):
        parts["body"] = exchange.response.body.decode("utf-8", "replace")
    else:
        parts.update(_leaves("body", document))
        text = exchange.response.body
        parts["body's white space at its ends"] = str(len(text) - len(text.strip()))
    return parts


def _leaves(path: str, node: Any) -> dict[str, str]:
    if isinstance(node, dict):
        return {
            key: value for name, each in node.items() for key, value in _leaves(f"{path}/{name}", each).items()
        } or {path: "{}"}
    if isinstance(node, list):
        return {
            key: value for index, each in enumerate(node) for key, value in _leaves(f"{path}/{index}", each).items()
        } or {path: "[]"}
    return {path: repr(node)}


def differences(
    foreign: Exchange, unknown: Sequence[Exchange], *, names: Sequence[tuple[str, str]] = ()
) -> dict[str, tuple[str, str]]:
    """Return the parts in which `foreign` differs from every answer to an unknown identifier.

    The unknown answers calibrate the comparison: what differs among themselves (request ids, times, quota) is noise.
    `names` are pairs (text, replacement): identifiers that a body may repeat. At least two unknown answers are needed.
    """
    masked = [_masked(shape(exchange), names) for exchange in (foreign, *unknown)]
    mine, others = masked[0], masked[1:]
    parts = {part for each in masked for part in each}
    found = {}
    for part in sorted(parts):
        seen = {each.get(part, MISSING) for each in others}
        if len(seen) == 1 and mine.get(part, MISSING) not in seen:
            found[part] = (mine.get(part, MISSING), seen.pop())
    return found


def _masked(parts: dict[str, str], names: Sequence[tuple[str, str]]) -> dict[str, str]:
    for text, replacement in names:
        parts = {part: value.replace(text, replacement) for part, value in parts.items()}
    return parts


def refusal(exchange: Exchange) -> str | None:
    """Return how a request was refused ("401"), or None if it was not (2xx, 3xx, 5xx, no answer)."""
    answer = exchange.response
    return str(answer.status) if answer is not None and answer.is_error and not answer.is_failure else None


def status_of(exchange: Exchange) -> str:
    """Return the status, or why there is none, for a sentence."""
    return str(exchange.status) if exchange.status is not None else str(exchange.error)


CLOSED = frozenset({401, 403})
"""What refuses somebody for who it is: no credential, or one that does not do (RFC 9110, section 15.5)."""
PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)


def excerpt(exchange: Exchange, limit: int = EXCERPT) -> str:
    """Return the head of a body for a sentence, in one line; never a part of a word, which could be half a secret."""
    text = exchange.body[: 4 * limit].decode("utf-8", "replace")
    if PAGE.match(text):
        return "an HTML page"
    line = " ".join(text.split())
    return line if len(line) <= limit and len(exchange.body) <= 4 * limit else WORD_AT_END.sub("", line[:limit])


def worst_severity(first: Severity, second: Severity) -> Severity:
    """Return the graver of two severities."""
    order = list(Severity)
    return min(first, second, key=order.index)
