"""Creates, and then refuses every read with 403."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow import empty
from harness.hollow._http import Answer, Asked, as_json

if TYPE_CHECKING:
    from harness.hollow._world import World


def answer(asked: Asked, world: World) -> Answer:
    """Take, and give nothing back."""
    known = world.known(asked)
    if known is None or known.verb in empty.READS:
        return as_json({"detail": "forbidden"}, 403)
    return empty.answer(asked, world)
