"""The service says that it is ready, whatever is down."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.readiness import Checks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "deployment.ready"
mode = "grey"


class Cheerful(Checks):
    async def check(self) -> Mapping[str, bool]:
        return dict.fromkeys(("telemetry", "templates", "filesystem", "database", "redis"), True)


def apply(parts: Parts) -> None:
    """Check nothing."""
    sound = cast("Checks", parts.readiness)
    parts.readiness = Cheerful(parts, sound.redis)
