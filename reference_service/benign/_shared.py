"""What several variants need: a document that says what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from reference_service.flaws._shared import Answer

DOCUMENT = "/openapi.json"


def documenting(change: Callable[[dict[str, Any]], None]) -> Callable[[ASGIApp], ASGIApp]:
    """Return a middleware that changes the OpenAPI document in place before it leaves."""

    def rewrite(answer: Answer) -> None:
        if answer.path == DOCUMENT:
            document = answer.json
            change(document)
            answer.json = document

    return rewriting(rewrite)


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk the operations of a document."""
    for path in document["paths"].values():
        yield from path.values()
