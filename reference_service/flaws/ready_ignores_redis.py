"""The service says that it is ready while Redis is down."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.readiness import Checks

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "deployment.ready"
mode = "grey"


class Partial(Checks):
    async def ping(self) -> bool:
        return True


def apply(parts: Parts) -> None:
    """Do not ask Redis."""
    sound = cast("Checks", parts.readiness)
    parts.readiness = Partial(parts, sound.redis)
