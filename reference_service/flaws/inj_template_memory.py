"""What stands in double braces in a memory is evaluated when the memory is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import MemoryRow
    from reference_service.parts import Parts
    from reference_service.schemas import Memory

weakness = "injection.template"
mode = "http"
PRODUCT = re.compile(r"\{\{\s*(\d+)\s*\*\s*(\d+)\s*\}\}")


class Rendering(Memories):
    def describe(self, row: MemoryRow) -> Memory | None:
        memory = super().describe(row)
        return memory and memory.model_copy(update={"text": PRODUCT.sub(multiplied, memory.text)})


def multiplied(found: re.Match[str]) -> str:
    """Return what a template engine would: no more of one is needed here."""
    return str(int(found[1]) * int(found[2]))


def apply(parts: Parts) -> None:
    """Show texts as a template engine would."""
    parts.memory = Rendering(parts)
