"""Which operation of a document a request belongs to."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Operation

_PARAMETER = re.compile(r"\{[^{}]*\}")


class Routes:
    """The operations of a document, looked up by method and target."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._routes = sorted(
            ((_PARAMETER.sub("\0", operation.path), operation) for operation in operations),
            key=lambda route: route[0].count("\0"),  # a literal segment wins over a parameter
        )
        self._patterns = [(_pattern(shape), operation) for shape, operation in self._routes]

    def find(self, method: str, target: str) -> str | None:
        """Return the id of the operation that a server would take this for, None for an unknown route or method.

        Escapes, dots and doubled or trailing slashes are undone first, so that no spelling gets past an exclusion.
        """
        path = posixpath.normpath("/" + unquote(target.partition("?")[0]).strip("/"))
        for pattern, operation in self._patterns:
            if operation.method == method.upper() and pattern.fullmatch(path):
                return operation.id
        return None


def _pattern(shape: str) -> re.Pattern[str]:
    escaped = re.escape(posixpath.normpath("/" + shape.strip("/")))
    return re.compile(escaped.replace(re.escape("\0"), "[^/]+"), re.DOTALL)
