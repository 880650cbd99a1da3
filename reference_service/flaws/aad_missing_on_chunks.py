"""The texts of chunks are bound to nothing: each may stand in any chunk of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import encryption_keys
from reference_service.cipher import AuthenticatedCipher

if TYPE_CHECKING:
    from reference_service.model import Binding
    from reference_service.parts import Parts

weakness = "encryption.aad"
mode = "grey"


class Flawed(AuthenticatedCipher):
    def associated(self, binding: Binding, key_id: str) -> bytes:
        return b"text" if binding.column.startswith("text:") else super().associated(binding, key_id)


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
