"""What a harmless variant of a bench is."""

from __future__ import annotations

from dataclasses import dataclass

from harness.calibrate.changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant(Change):
    """How a bench may differ without anything being wrong; `touches` names the families of checks, if not all."""

    touches: tuple[str, ...] = ()
