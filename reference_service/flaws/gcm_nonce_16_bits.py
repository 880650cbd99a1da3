"""Nonces have sixteen random bits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reference_service.assembly import encryption_keys
from reference_service.cipher import NONCE_BYTES, AuthenticatedCipher

if TYPE_CHECKING:
    from reference_service.model import Binding
    from reference_service.parts import Parts

weakness = "encryption.nonce"
mode = "grey"


class Flawed(AuthenticatedCipher):
    def nonce(self, binding: Binding) -> bytes:  # noqa: ARG002
        return os.urandom(2).rjust(NONCE_BYTES, b"\0")


def apply(parts: Parts) -> None:
    """Replace the cipher."""
    parts.cipher = Flawed(encryption_keys(parts.settings), parts.metrics)
