"""Whether objects of a resource are for everybody to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.lab.session import Session

READABLE = "readable"


def is_readable(session: Session, name: str) -> bool:
    """Whether everybody may see what the resource of that name holds: by the scenario, or by what the target shows."""
    declared = any(each.readable for each in session.scenario.resource if each.name == name)
    return declared or name in session.facts.get(READABLE, ())
