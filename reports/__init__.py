"""Renderers of a verified bundle, one module for each format; none of them computes a result."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.evidence.bundle import Renderer


def renderers() -> tuple[Renderer, ...]:
    """Return the `render` function of every public module of this package, by name of the module.

    Raises TypeError for a module without one, so that a format cannot be forgotten silently.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    found = []
    for name in names:
        module = importlib.import_module(f"{__name__}.{name}")
        if not callable(getattr(module, "render", None)):
            raise TypeError(f"{module.__name__}: expected a function render(bundle) -> files, found none")
        found.append(module.render)
    return tuple(found)
