"""A new item has the identifier that the body names: it is saved over the one that had it, whoever owns that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.targets.accounts.parts import Parts

weakness = "isolation.identifier"
mode = "http"


def _named(unknown: Mapping[str, Any]) -> UUID:
    try:
        return UUID(unknown["id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return uuid4()


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the identifier too."""
    return replace(parts, id_of_new=_named)
