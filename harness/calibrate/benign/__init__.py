"""Benches that are different and sound: a check that fails on one of them cries wolf.

One module for each, found by its name; a module holds `VARIANT`. Services have variants of their own beside these.
"""

from __future__ import annotations

import importlib
import pkgutil

from harness.calibrate.benign._base import Variant

__all__ = ["Variant", "load", "names"]


def names() -> tuple[str, ...]:
    """Return the names of the variants ("clock-ahead"), in order."""
    modules = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if not name.startswith("_")))


def load(name: str) -> Variant:
    """Return the variant of that name."""
    found: Variant = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").VARIANT
    return found
