"""Where the harness keeps what outlives a run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def state_folder() -> Path:
    """Return the user's state folder (XDG base directories), or a temporary one where no home is writable."""
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("HOME")
    if base and os.access(base, os.W_OK):
        return Path(base) / ("harness" if os.environ.get("XDG_STATE_HOME") else ".local/state/harness")
    return Path(tempfile.gettempdir()) / f"harness-state-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
