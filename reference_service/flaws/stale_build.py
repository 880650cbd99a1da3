"""What answers is an old build."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.build import CurrentBuild

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import Version

weakness = "deployment.build"
mode = "http"


class Stale(CurrentBuild):
    def version(self) -> Version:
        return super().version().model_copy(update={"version": "0.9.0", "commit": "0" * 40})


def apply(parts: Parts) -> None:
    """Say what the release before said."""
    sound = cast("CurrentBuild", parts.build)
    parts.build = Stale(parts, sound.flaws)
