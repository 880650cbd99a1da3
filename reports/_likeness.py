"""What tells one answer from another, whoever asks and whenever: this file is also part of every finding's script."""

from __future__ import annotations

import json
import re

NOISE = "age|connection|content-encoding|content-length|date|etag|expires|keep-alive|last-modified|server-timing"
VARYING_HEADER = re.compile(f"{NOISE}|set-cookie|transfer-encoding|vary")
VARYING_WORD = re.compile(r"<[^<>]*>|\S*\d\S*")  # what was redacted, and whatever has a digit in it
CLIENT_ERROR = 400


def likeness(status: int, headers: object, body: str) -> list[str]:
    """Return a status, headers (pairs) and a body as lines that are the same in answers of the same kind.

    Words with digits in them may be others; of a success only the names of what is in it count, not how many there are.
    """
    lines = [str(status)]
    lines += [
        f"{name.lower()}: {general(value)}"
        for name, value in headers  # type: ignore[attr-defined]  # a script has lists, a bundle tuples
        if not VARYING_HEADER.fullmatch(name.lower())
    ]
    try:
        lines += leaves("", json.loads(body), told=status >= CLIENT_ERROR)
    except (ValueError, RecursionError):
        lines += [general(body)] if status >= CLIENT_ERROR else []
    return sorted({line for line in lines if line})


def leaves(path: str, node: object, *, told: bool) -> list[str]:
    """Return the paths of a document, with its texts where `told`; what is in a list is not looked at."""
    if isinstance(node, dict):
        return [line for key, each in node.items() for line in leaves(f"{path}/{general(key)}", each, told=told)]
    return [f"{path} {general(node)}" if told and isinstance(node, str) else path]


def general(text: str) -> str:
    """Return a text, in one line, without what differs from time to time."""
    return " ".join(VARYING_WORD.sub("*", text).split())
