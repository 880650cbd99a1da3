"""Targets that look like a service and are none: on none of them may a check pass.

One module for each, found by its name; adding one edits no other file. A module holds `answer(asked, world)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.hollow._http import Answer, Asked
    from harness.hollow._world import World


def names() -> tuple[str, ...]:
    """Return the names of the hollow targets ("write-only"), in order."""
    modules = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if not name.startswith("_")))


def load(name: str) -> Callable[[Asked, World], Answer]:
    """Return how the hollow target answers; raise ConfigurationError for a name that does not exist."""
    if name not in names():
        raise ConfigurationError(f"{name!r} is no hollow target; expected one of {', '.join(names())}")
    answer: Callable[[Asked, World], Answer] = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").answer
    return answer
