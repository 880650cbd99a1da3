"""A failed observation as a reader meets it, with a name that stays the same from run to run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.checks import Check
    from harness.model.observations import Observation
    from harness.model.outcomes import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted finding: by fingerprint, with a reason, an owner and an expiry (ISO date)."""

    fingerprint: str
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A FAILED observation as a reader meets it."""

    check: Check
    observation: Observation
    severity: Severity
    fingerprint: str
    waiver: Waiver | None = None

    @property
    def id(self) -> str:
        """A short stable name: the family's first three letters and the head of the fingerprint, e.g. ISO-a91f02."""
        return f"{self.check.family[:3].upper()}-{self.fingerprint[:6]}"


def fingerprint(check: Check, observation: Observation) -> str:
    """Return 16 hex digits from check, subject, operation and user roles: never from generated data."""
    parts: Sequence[str] = (check.id, observation.subject, observation.operation or "", ">".join(observation.users))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
