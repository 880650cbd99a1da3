"""The script of a page of Swagger UI that holds the document itself, as swagger-ui-express and NestJS serve it."""

from __future__ import annotations

import json
import re

_HELD = re.compile(r"[\"']?swaggerDoc[\"']?\s*:\s*(?=\{)")


def held(text: str) -> str | None:
    """Return the document that a script holds, as JSON; None for any other text."""
    found = _HELD.search(text)
    if found is None or text.lstrip()[:1] in {"{", "["}:
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(text, found.end())
    except (ValueError, RecursionError):
        return None
    return json.dumps(document, indent=1)
