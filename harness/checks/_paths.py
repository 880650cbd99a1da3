"""Other spellings of a path, which a router may take for the same one while a guard does not (CWE-41, CWE-178)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab import Lab
    from harness.model import Request


def spellings(lab: Lab, request: Request, identifier: Any = None) -> Iterator[tuple[str, Request]]:
    """Walk the request under other spellings of its path, each with its name; of the identifier in it, too.

    What is not below the base path that way is left out: nothing there may be asked.
    """
    path, mark, query = request.target.partition("?")
    found = {
        "a slash at its end": f"{path}/",
        "a doubled slash": f"/{path}",
        "a doubled slash within": "//".join(path.rsplit("/", 1)),
        "upper case": path.upper(),
        "an encoded letter": _encoded(path),
        "a dot segment": "/./".join(path.rsplit("/", 1)),
        "an ending": f"{path}.json",
        "a parameter of its last part": f"{path};a=b",
    }
    text = str(identifier)
    if identifier is not None and text in path:
        found |= {
            "an identifier in upper case": path.replace(text, text.upper()),
            "an identifier with a blank": path.replace(text, f"{text}%20"),
            "an identifier with zeros before it": path.replace(text, f"00{text}") if text.isdecimal() else path,
        }
    for name, other in found.items():
        spelled = replace(request, target=f"{other}{mark}{query}")
        if other != path and lab.may_send(spelled):
            yield name, spelled


def _encoded(path: str) -> str:
    """Encode the last letter of the path's last part."""
    position = max((at for at, letter in enumerate(path) if letter.isalpha()), default=-1)
    return path if position < 0 else f"{path[:position]}%{ord(path[position]):02X}{path[position + 1 :]}"
