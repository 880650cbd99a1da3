"""The list that an operation answers: as it is documented, else where lists usually are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import ListShape, answer, id_pointer, list_shape
from harness.openapi.inference.identifiers import usual_places
from harness.openapi.inference.routes import last_words
from harness.openapi.inference.words import ITEMS, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Operation
    from harness.openapi.inference.families import Family

CURSOR_PLACES = "|".join(
    f"{holder}/{name}"
    for holder in ("", "/paging", "/pagination", "/meta", "/page_info")
    for name in ("next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next")
)
"""Where an answer that no document describes may have the position of the next page."""


def documented_list(operation: Operation, root: Mapping[str, Any], assumed: list[str]) -> ListShape | None:
    """Return the list in an answer, None where it documents something else; what rests on convention is `assumed`."""
    schema = answer(operation)
    if schema is None:
        plural = "_".join(last_words(operation))
        places = "|".join(["", *(f"/{name}" for name in dict.fromkeys([plural, *ITEMS[:5]]))])
        assumed.append(f"{operation.id} documents no answer; its array is taken to be at {shown(places)}")
        return ListShape(items=places, item={}, next=CURSOR_PLACES)
    return list_shape(root, schema, "_".join(last_words(operation)))


def item_identifier(
    operation: Operation, found: ListShape, family: Family, root: Mapping[str, Any], assumed: list[str]
) -> str:
    """Return where an item of a list has its identifier; what rests on convention is `assumed`."""
    where = id_pointer(root, found.item, family.parameter, family.thing)
    if where is None:
        scalar = found.item.get("type") in {"string", "integer"}
        where = "" if scalar else "/id" if found.item else usual_places(family)
        assumed.append(f"{operation.id}: the identifier of an item is taken to be at {shown(where)}")
    return where
