"""Keys for bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.evidence.bundle import write_bundle
from harness.evidence.keys import public_pem, signing_key
from harness.evidence.redact import Redactor
from reports import renderers
from tests.harness.evidence import builders

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Ed25519PrivateKey:
    """A private key of the user's own."""
    return signing_key(None, state=tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory, key: Ed25519PrivateKey) -> Path:
    """The file with its public half."""
    path = tmp_path_factory.mktemp("public") / "public.pem"
    path.write_bytes(public_pem(key))
    return path


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory, key: Ed25519PrivateKey) -> Path:
    """A signed bundle of a NO-GO with every report; to be copied, not changed."""
    run = builders.run(leak=True, load=builders.load(seconds=10))
    return write_bundle(
        run, tmp_path_factory.mktemp("artifacts"), redactor=Redactor(), key=key, renderers=renderers()
    ).folder
