"""Where the harness keeps what outlives a run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def state_folder() -> Path:
    """Return the user's state folder (XDG base directories), or a temporary one where it cannot be made."""
    told, home = os.environ.get("XDG_STATE_HOME", ""), os.environ.get("HOME", "")
    if Path(told).is_absolute() and os.access(_nearest(Path(told)), os.W_OK):
        return Path(told) / "harness"
    if home and os.access(home, os.W_OK):
        return Path(home) / ".local" / "state" / "harness"
    return Path(tempfile.gettempdir()) / f"harness-state-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _nearest(path: Path) -> Path:
    """Return the folder itself, or the first one above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
