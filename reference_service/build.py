"""What is running: version, commit, start time, seeded flaws."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reference_service import __version__
from reference_service.schemas import Version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts


class CurrentBuild:
    """Answers with the truth."""

    def __init__(self, parts: Parts, flaws: Sequence[str]) -> None:
        self.parts = parts
        self.flaws = flaws

    def version(self) -> Version:
        """Return what /version shows; flaws are named unless the settings hide them."""
        settings = self.parts.settings
        return Version(
            version=__version__,
            commit=settings.commit or git_commit(),
            started_at=self.parts.started_at,
            flaws=[] if settings.hide_flaws else list(self.flaws),
        )


@cache
def git_commit() -> str:
    """Return the commit of the work tree this file is in, or `unknown`."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    command = [git, "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - nothing of it is input
    return done.stdout.strip() or "unknown"
