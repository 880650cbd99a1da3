"""Identifiers that look alike, and calls with more fields than the scenario gives them."""

from __future__ import annotations

import re
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from harness.scenario.schema import Upload

if TYPE_CHECKING:
    from harness.scenario.schema import Call


PLACED = re.compile(r"\{(marker|query)\}")


def lookalike(identifier: Any) -> Any:
    """Return a random identifier of the same shape: an integer of the same length, a UUID, else the same alphabet."""
    if isinstance(identifier, int):
        return identifier + 1_000_003 + secrets.randbelow(1_000_000)
    text = str(identifier)
    try:
        uuid.UUID(text)
    except ValueError:
        return "".join(_like(character) for character in text)
    made = str(uuid.uuid4())
    return made if "-" in text else made.replace("-", "")


def text_place(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the way to the object that directly holds a text of the scenario: (), or the names of its wrappers."""
    waiting: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), body)]
    while waiting:
        way, node = waiting.pop(0)
        if any(isinstance(value, str) and PLACED.search(value) for value in node.values()):
            return way
        waiting += [((*way, name), each) for name, each in node.items() if isinstance(each, dict)]
    return ()


def _extended(body: dict[str, Any], way: tuple[str, ...], extra: dict[str, Any]) -> dict[str, Any]:
    if not way:
        return {**body, **extra}
    return {**body, way[0]: _extended(body[way[0]], way[1:], extra)}


def _like(character: str) -> str:
    for alphabet in ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ"):
        if character in alphabet:
            return secrets.choice(alphabet)
    return character


def with_fields(call: Call, extra: dict[str, Any]) -> Call:
    """Return the call with additional fields in its JSON body (beside its texts), form or multipart form."""
    if not extra:
        return call
    if isinstance(call.body, dict):
        return call.model_copy(update={"body": _extended(call.body, text_place(call.body), extra)})
    texts = {key: value if isinstance(value, Upload) else str(value) for key, value in extra.items()}
    if call.form is not None:
        return call.model_copy(update={"form": {**call.form, **texts}})
    if call.multipart is not None:
        return call.model_copy(update={"multipart": {**call.multipart, **texts}})
    return call
