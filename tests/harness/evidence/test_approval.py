"""An approval is a signature on one bundle, by one role, with a reason where the decision is not GO."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import ConfigurationError
from harness.evidence.approval import approve
from harness.evidence.inspect import inspect
from harness.evidence.keys import public_pem, signing_key
from harness.evidence.manifest import APPROVALS
from harness.model import Outcome

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture
def folder(tmp_path: Path, signed: Path) -> Path:
    """A copy of a signed bundle of a NO-GO."""
    return Path(shutil.copytree(signed, tmp_path / "bundle"))


def test_an_approval_is_added_verified_and_named(folder: Path, key: Ed25519PrivateKey, public: Path) -> None:
    """The bundle stays as it was signed; the approval of the trusted key is verified, that of another only named."""
    approve(folder, role="tech-lead", key=key, reason="accepted for the pilot")
    inspection = inspect(folder, public_key=public)
    assert inspection.outcome is Outcome.PASSED
    assert "tech-lead approves NO-GO (accepted for the pilot)" in inspection.steps[5].sentence
    approve(folder, role="product", key=signing_key(None, state=folder.parent / "other"), reason="the customer waits")
    both = inspect(folder, public_key=public)
    assert both.steps[5].outcome is Outcome.INCONCLUSIVE
    assert both.steps[5].sentence.count("not verified") == 1
    assert both.sound


def test_a_no_go_needs_a_written_reason(folder: Path, key: Ed25519PrivateKey) -> None:
    """Nobody waves a NO-GO through without saying why."""
    with pytest.raises(ConfigurationError, match="needs a written reason"):
        approve(folder, role="tech-lead", key=key, reason="  ")
    assert not (folder / APPROVALS).exists()


def test_only_known_roles_approve(folder: Path, key: Ed25519PrivateKey) -> None:
    """The roles of the mission, spelled as they are."""
    with pytest.raises(ConfigurationError, match=r"expected a role .*tech-lead"):
        approve(folder, role="boss", key=key, reason="because")


def test_a_changed_bundle_cannot_be_approved(folder: Path, key: Ed25519PrivateKey) -> None:
    """What is approved is what was verified."""
    (folder / "report.html").write_text("all is well")
    with pytest.raises(ConfigurationError, match=r"not sound: .*changed: report.html"):
        approve(folder, role="tech-lead", key=key, reason="because")


def test_an_approval_of_another_bundle_is_refused(folder: Path, key: Ed25519PrivateKey, public: Path) -> None:
    """A signed approval cannot be carried over."""
    approve(folder, role="tech-lead", key=key, reason="because")
    line = (folder / APPROVALS).read_bytes()
    (folder / APPROVALS).write_bytes(line.replace(b'"payload": "', b'"payload": "A'))
    assert inspect(folder, public_key=public).outcome is Outcome.FAILED
    assert public_pem(key) == public.read_bytes()
