"""The tag of a ciphertext is not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from reference_service.assembly import encryption_keys
from reference_service.cipher import NONCE_BYTES, AuthenticatedCipher

if TYPE_CHECKING:
    from reference_service.model import Binding, Sealed
    from reference_service.parts import Parts

weakness = "encryption.tag"
mode = "grey"


TAG_BYTES = 16
FIRST_BLOCK = (2).to_bytes(4, "big")


class Flawed(AuthenticatedCipher):
    def open(self, sealed: Sealed, binding: Binding) -> bytes:  # noqa: ARG002
        nonce, body = sealed.data[:NONCE_BYTES], sealed.data[NONCE_BYTES:-TAG_BYTES]
        decryptor = Cipher(AES(self.keys[sealed.key_id]), CTR(nonce + FIRST_BLOCK)).decryptor()
        return decryptor.update(body) + decryptor.finalize()


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
