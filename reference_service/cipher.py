"""Layer 3: AES-256-GCM that binds every ciphertext to its owner, object, column and key (NIST SP 800-38D)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reference_service.errors import Mismatch
from reference_service.model import Binding, Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.metrics import Metrics

NONCE_BYTES = 12


class AuthenticatedCipher:
    """Seals with the first key and opens with any."""

    def __init__(self, keys: Mapping[str, bytes], metrics: Metrics) -> None:
        self.keys = dict(keys)
        self.active_key_id = next(iter(keys))
        self.metrics = metrics
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        # Digests must stay equal over a rotation, so they hang on the oldest key.
        self._digest_key = hashlib.sha256(b"tag digests\0" + list(keys.values())[-1]).digest()

    def seal(self, plaintext: bytes, binding: Binding) -> Sealed:
        """Encrypt for exactly this place, under a fresh random nonce."""
        key_id = self.active_key_id
        nonce = self.nonce(binding)
        body = self._ciphers[key_id].encrypt(nonce, plaintext, self.associated(binding, key_id))
        return Sealed(key_id=key_id, data=nonce + body)

    def open(self, sealed: Sealed, binding: Binding) -> bytes:
        """Decrypt; raise Mismatch, and count it, when anything differs from when it was sealed."""
        nonce, body = sealed.data[:NONCE_BYTES], sealed.data[NONCE_BYTES:]
        try:
            return self._ciphers[sealed.key_id].decrypt(nonce, body, self.associated(binding, sealed.key_id))
        except (InvalidTag, KeyError, ValueError):
            self.metrics.aad_mismatches.inc()
            raise Mismatch from None

    def nonce(self, binding: Binding) -> bytes:  # noqa: ARG002 - a nonce depends on nothing
        """Return 96 random bits."""
        return os.urandom(NONCE_BYTES)

    def associated(self, binding: Binding, key_id: str) -> bytes:
        """Return the additional authenticated data, in which no two bindings look alike."""
        return json.dumps([binding.user_id, binding.object_id, binding.column, key_id]).encode()

    def digest(self, user_id: str, text: str) -> bytes:
        """Return a keyed digest by which sealed values can be filtered, different for every user."""
        return hmac.digest(self._digest_key, json.dumps([user_id, text]).encode(), "sha256")[:16]
