"""/ready remembers for ever that the database once answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.readiness import Checks

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "deployment.ready"
mode = "grey"


class Remembering(Checks):
    seen = False

    async def database(self) -> bool:
        self.seen = self.seen or await super().database()
        return self.seen


def apply(parts: Parts) -> None:
    """Ask once."""
    sound = cast("Checks", parts.readiness)
    parts.readiness = Remembering(parts, sound.redis)
