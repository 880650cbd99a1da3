"""A link of the list of files says where the last page is, counting those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._counting import tell

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "isolation.count"
mode = "http"


def apply(parts: Parts) -> None:
    """Count what there is."""
    tell(parts, "Link", lambda count: f'</api/v1/knowledge/files?offset={max(count - 1, 0)}>; rel="last"')
