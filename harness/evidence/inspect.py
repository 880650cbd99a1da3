"""Looking at a bundle that somebody hands over: verified before it is parsed, and judged again from its facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.evidence import attestation
from harness.evidence.bundle import SCENARIO, VERDICT, read_bundle
from harness.evidence.keys import key_id
from harness.evidence.keys import public_key as read_public_key
from harness.evidence.manifest import ATTESTATION, MANIFEST, compare, digest
from harness.evidence.recompute import differences, judge
from harness.evidence.serialise import EvidenceError
from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.evidence.bundle import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionStep:
    """One numbered step of an inspection, how it came out, and what was seen."""

    number: int
    title: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What an inspection found: its steps in order, and the bundle if it could be read."""

    steps: tuple[InspectionStep, ...]
    bundle: Bundle | None = None

    @property
    def outcome(self) -> Outcome:
        """FAILED as soon as one step is; INCONCLUSIVE where the signature was not checked against a trusted key."""
        return Outcome.worst(step.outcome for step in self.steps)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the bundle (a signature may still be unchecked)."""
        return self.outcome in {Outcome.PASSED, Outcome.INCONCLUSIVE}


def inspect(folder: Path, *, public_key: Path | None = None) -> Inspection:
    """Inspect the bundle in `folder`; no step needs a network, and a key that travels in it is never trusted.

    1. The signature over the manifest is that of `public_key`.
    2. Every file is the one the manifest lists; none was changed, added or removed.
    3. The files can be read as a bundle.
    4. The verdict follows from the observations, the scenario, the load samples and the clean-up.
    5. What was signed states the same verdict.

    A failed step 1 or 2 does not stop the following ones: they say what else is wrong.
    Raises ConfigurationError when there is no bundle, or `public_key` is none.
    """
    if not (folder / MANIFEST).is_file():
        raise ConfigurationError(f"{folder}: expected a bundle with a {MANIFEST}, found none; give the folder of one run")
    trusted = None if public_key is None else read_public_key(public_key)
    inspection = _Inspector(folder)
    signature = inspection.attempt("signature", lambda: _signature(folder, trusted))
    inspection.attempt("files", lambda: _files(folder))
    bundle = inspection.read()
    if bundle is not None:
        inspection.attempt("verdict", lambda: _verdict(bundle))
        if signature is not None:
            inspection.attempt("statement", lambda: _statement(folder, bundle))
    return Inspection(steps=tuple(inspection.steps), bundle=bundle)
