"""Ed25519 keys that sign evidence: from a file, or one of the user's own made on first use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # its `__init__` has no `__all__`

from harness.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_PEM = serialization.Encoding.PEM


def signing_key(path: Path | None, *, state: Path) -> Ed25519PrivateKey:
    """Return the private key in the PEM file `path`, else the user's own below `state`, made when it is missing.

    Raises ConfigurationError when a file is no unencrypted Ed25519 private key.
    """
    own = state / "signing-key.pem"
    if path is None and not own.exists():
        _create(own)
    return _read_private(path or own)


def public_key(path: Path) -> Ed25519PublicKey:
    """Return the public key in the PEM file `path`; raises ConfigurationError when there is none."""
    try:
        key = serialization.load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path}: expected an Ed25519 public key in PEM form, found something else") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"{path}: expected an Ed25519 public key, found {type(key).__name__}")
    return key


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """Return the public half in PEM form: what a verifier gets on a channel of its own."""
    return key.public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key as shown to people: "ed25519:" and the head of its digest."""
    return f"ed25519:{SSlibKey.from_crypto(key).keyid[:16]}"


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    temporary = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    temporary.replace(path)


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(
            f"{path}: expected an unencrypted Ed25519 private key in PEM form, found something else"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: expected an Ed25519 private key, found {type(key).__name__}")
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot read the key ({error.strerror})") from error
