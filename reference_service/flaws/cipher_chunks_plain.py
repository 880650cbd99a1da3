"""The texts of chunks are not encrypted at all: the index has to be fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import encryption_keys
from reference_service.cipher import AuthenticatedCipher
from reference_service.model import Sealed

if TYPE_CHECKING:
    from reference_service.model import Binding
    from reference_service.parts import Parts

weakness = "encryption.clear-text"
mode = "grey"


class Flawed(AuthenticatedCipher):
    def seal(self, plaintext: bytes, binding: Binding) -> Sealed:
        if binding.column.startswith("text:"):
            return Sealed(key_id=self.active_key_id, data=plaintext)
        return super().seal(plaintext, binding)

    def open(self, sealed: Sealed, binding: Binding) -> bytes:
        return sealed.data if binding.column.startswith("text:") else super().open(sealed, binding)


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
