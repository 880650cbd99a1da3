"""What does not open is taken for what was written before there was a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import encryption_keys
from reference_service.cipher import AuthenticatedCipher
from reference_service.errors import Mismatch

if TYPE_CHECKING:
    from reference_service.model import Binding, Sealed
    from reference_service.parts import Parts

weakness = "encryption.tag"
mode = "grey"


class Flawed(AuthenticatedCipher):
    def open(self, sealed: Sealed, binding: Binding) -> bytes:
        try:
            return super().open(sealed, binding)
        except Mismatch:
            if not sealed.data.isascii():
                raise
            return sealed.data


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
