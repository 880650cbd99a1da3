"""Keys for bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.evidence.keys import public_pem, signing_key

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    """A private key of the user's own."""
    return signing_key(None, state=tmp_path / "state")


@pytest.fixture
def public(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    """The file with its public half."""
    path = tmp_path / "public.pem"
    path.write_bytes(public_pem(key))
    return path
