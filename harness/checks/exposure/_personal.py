"""What is personal in an answer: by the name of its field, or by its shape."""

from __future__ import annotations

import re
from typing import Any

NAMES = re.compile(
    r"(e?_?mail|phone|mobile|birth|dob$|ssn|social_?security|tax_?id|passport|address|street|postal|zip_?code|"
    r"iban|card|salary|income|gender|last_?ip|ip_?addr|latitude|longitude)",
    re.IGNORECASE,
)
MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
SHORTEST = 6


def personal(path: str, node: Any) -> list[tuple[str, str]]:
    """Return path and value of each field that is personal by its name or its shape."""
    if isinstance(node, dict):
        return [found for name, value in node.items() for found in personal(f"{path}/{name}", value)]
    if isinstance(node, list):
        return [found for value in node for found in personal(path, value)]
    if not isinstance(node, str) or len(node) < SHORTEST:
        return []
    return [(path, node)] if NAMES.search(path.rpartition("/")[2]) or MAIL.match(node) else []
