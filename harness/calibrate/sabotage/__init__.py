"""Benches that are broken on purpose: a check that still passes on one of them has proved nothing.

One module for each, found by its name; a module holds `SABOTAGE`. What a hollow target shows is not tried twice.
"""

from __future__ import annotations

import importlib
import pkgutil

from harness.calibrate.sabotage._base import Sabotage

__all__ = ["HOLLOW", "Sabotage", "load", "names"]

HOLLOW = {
    "200 {} to everything": "bare-braces",
    "404 to everything": "deaf",
    "500 to everything": "failing",
    "A schema-perfect mock with static data": "static",
}
"""Sabotage that is a hollow target: what is wrong -> the name of the target."""


def names() -> tuple[str, ...]:
    """Return the names of the sabotages ("shared-token"), in order."""
    modules = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if not name.startswith("_")))


def load(name: str) -> Sabotage:
    """Return the sabotage of that name."""
    found: Sabotage = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").SABOTAGE
    return found
