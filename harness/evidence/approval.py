"""Co-signatures on a bundle: who of which role stands behind its decision, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from in_toto_attestation.v1.statement import STATEMENT_TYPE_URI

from harness.errors import ConfigurationError
from harness.evidence import attestation
from harness.evidence.inspect import inspect
from harness.evidence.manifest import APPROVALS, MANIFEST, digest
from harness.model import Decision

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROLES = ("tech-lead", "devops-sre", "qa-security", "product")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One approval as it is signed: role, the decision it speaks of, the reason, and when (ISO 8601)."""

    role: str
    decision: str
    reason: str
    at: str


def approve(
    folder: Path, *, role: str, key: Ed25519PrivateKey, reason: str = "", now: datetime | None = None
) -> Approval:
    """Add an approval of the bundle in `folder` to it, signed with `key`.

    Raises ConfigurationError for an unknown role, a bundle that an inspection finds unsound, and any decision but GO
    without a written reason.
    """
    if role not in ROLES:
        raise ConfigurationError(f"expected a role ({', '.join(ROLES)}), found {role!r}")
    inspection = inspect(folder)
    if inspection.bundle is None or not inspection.sound:
        wrong = "; ".join(step.sentence for step in inspection.steps if step.outcome is inspection.outcome)
        raise ConfigurationError(f"{folder}: not approved, because the bundle is not sound: {wrong}")
    decision = inspection.bundle.run.verdict.decision
    if decision is not Decision.GO and not reason.strip():
        raise ConfigurationError(f"{folder}: the decision is {decision}; approving it needs a written reason")
    at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    approval = Approval(role=role, decision=decision.value, reason=reason.strip(), at=at)
    _append(folder / APPROVALS, attestation.sign([_statement(folder, approval)], key))
    return approval


def _statement(folder: Path, approval: Approval) -> dict[str, Any]:
    predicate = {"role": approval.role, "decision": approval.decision, "reason": approval.reason, "at": approval.at}
    return {
        "_type": STATEMENT_TYPE_URI,
        "subject": [{"name": MANIFEST, "digest": {"sha256": digest((folder / MANIFEST).read_bytes())}}],
        "predicateType": attestation.APPROVAL_TYPE,
        "predicate": predicate,
    }


def _append(path: Path, line: bytes) -> None:
    """Whole or not at all: the file is replaced by a longer one."""
    before = path.read_bytes() if path.exists() else b""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(before + line)
    part.replace(path)
