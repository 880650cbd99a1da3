"""Once something was down, /ready says so for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.readiness import Checks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "deployment.ready"
mode = "grey"


class Remembering(Checks):
    seen = broken = False

    async def check(self) -> Mapping[str, bool]:
        checks = await super().check()
        ready = all(checks.values())
        self.broken = self.broken or (self.seen and not ready)
        self.seen = self.seen or ready
        return {**checks, "telemetry": not self.broken}


def apply(parts: Parts) -> None:
    """Never forget."""
    sound = cast("Checks", parts.readiness)
    parts.readiness = Remembering(parts, sound.redis)
