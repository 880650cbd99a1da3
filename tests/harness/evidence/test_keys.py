"""Keys come from PEM files, or are made once for the user."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from harness.errors import ConfigurationError
from harness.evidence.inspect import inspect
from harness.evidence.keys import public_pem, signing_key

if TYPE_CHECKING:
    from pathlib import Path


def test_user_mistakes_are_one_clear_error(signed: Path, tmp_path: Path) -> None:
    """No bundle, no key, a key of another kind, a private key in place of a public one."""
    curve = (
        generate_private_key(SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "curve.pem").write_bytes(curve)
    (tmp_path / "text.pem").write_text("no key")
    with pytest.raises(ConfigurationError, match="expected a bundle"):
        inspect(tmp_path)
    signing_key(None, state=tmp_path)
    for name in ("curve.pem", "text.pem", "missing.pem", "signing-key.pem"):
        with pytest.raises(ConfigurationError, match=name):
            inspect(signed, public_key=tmp_path / name)
    for name in ("curve.pem", "text.pem", "missing.pem"):
        with pytest.raises(ConfigurationError, match=name):
            signing_key(tmp_path / name, state=tmp_path)


def test_the_user_key_is_made_once_and_private(tmp_path: Path) -> None:
    """The second run signs with the same key, which only its owner can read."""
    first, second = (public_pem(signing_key(None, state=tmp_path / "state")) for _ in range(2))
    assert first == second
    if sys.platform != "win32":
        assert (tmp_path / "state" / "signing-key.pem").stat().st_mode & 0o077 == 0
