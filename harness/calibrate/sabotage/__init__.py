"""Benches that are broken on purpose: a check that still passes on one of them has proved nothing.

One module for each, found by its name; a module holds `SABOTAGE`.
"""

from __future__ import annotations

import importlib
import pkgutil

from harness.calibrate.sabotage._base import Sabotage, hasten

__all__ = ["Sabotage", "hasten", "load", "names"]


def names() -> tuple[str, ...]:
    """Return the names of the sabotages ("shared-token"), in order."""
    modules = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if not name.startswith("_")))


def load(name: str) -> Sabotage:
    """Return the sabotage of that name."""
    found: Sabotage = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").SABOTAGE
    return found
