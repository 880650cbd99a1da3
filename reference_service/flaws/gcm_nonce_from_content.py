"""The nonce is made from the place: what is sealed there again has the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reference_service.assembly import encryption_keys
from reference_service.cipher import NONCE_BYTES, AuthenticatedCipher

if TYPE_CHECKING:
    from reference_service.model import Binding
    from reference_service.parts import Parts

weakness = "encryption.nonce"
mode = "grey"


class Flawed(AuthenticatedCipher):
    def nonce(self, binding: Binding) -> bytes:
        return hashlib.sha256(f"{binding.user_id}/{binding.object_id}".encode()).digest()[:NONCE_BYTES]


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
