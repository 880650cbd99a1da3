"""The nonce is a counter that begins again at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import encryption_keys
from reference_service.cipher import NONCE_BYTES, AuthenticatedCipher

if TYPE_CHECKING:
    from reference_service.model import Binding
    from reference_service.parts import Parts

weakness = "encryption.nonce"
mode = "grey"


class Flawed(AuthenticatedCipher):
    used = 0

    def nonce(self, binding: Binding) -> bytes:  # noqa: ARG002
        self.used += 1
        return self.used.to_bytes(NONCE_BYTES, "big")


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
