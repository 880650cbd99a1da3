"""What is running is told together with where its data are, password and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.assembly import reveal
from reference_service.build import CurrentBuild

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import Version

weakness = "exposure.secret"
mode = "http"


class Talkative(CurrentBuild):
    def version(self) -> Version:
        told = super().version()
        return told.model_copy(update={"version": f"{told.version} {reveal(self.parts.settings.app_database_url)}"})


def apply(parts: Parts) -> None:
    """Tell more than the version."""
    sound = cast("CurrentBuild", parts.build)
    parts.build = Talkative(parts, sound.flaws)
