"""What goes into a bundle beside the run: the newest calibration, the run before, and what changed in the document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.calibrate.document import newest
from harness.errors import ConfigurationError
from harness.evidence.history import PREVIOUS
from harness.openapi import drift, parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.model import Run
    from harness.scenario import Scenario

MATRIX, DIFFERENCE = "kill-matrix.json", "OPENAPI_DIFF.txt"


def extra_files(run: Run, scenario: Scenario, folder: Path, previous: Mapping[str, Any] | None) -> Mapping[str, bytes]:
    """Return the additional files of a bundle, by name; what is not there is left out."""
    files: dict[str, bytes] = {}
    calibration = newest()
    if calibration is not None:
        files[MATRIX] = json.dumps(calibration, indent=1).encode()
    if previous is not None:
        files[PREVIOUS] = json.dumps(previous, indent=1).encode()
    if scenario.target.baseline is not None and run.document is not None:
        files[DIFFERENCE] = _difference(folder / scenario.target.baseline, run.document)
    return files


def _difference(baseline: Path, document: str) -> bytes:
    """Return one line for each difference between the pinned document and the one that was tested."""
    try:
        pinned = parse_document(baseline.read_text(encoding="utf-8"), where=str(baseline))
    except OSError as error:
        message = f"target.baseline: cannot read {baseline} ({error.strerror}); expected an OpenAPI document"
        raise ConfigurationError(message) from error
    rows = drift(pinned, parse_document(document, where="the tested document"))
    lines = [
        f"{'breaking' if row.breaking else 'harmless':<9} {row.operation}  {row.place}  {row.sentence}" for row in rows
    ]
    return ("\n".join(lines) + "\n" if lines else f"Nothing that {baseline.name} pins has changed.\n").encode()
