"""Other sources of operations than OpenAPI: recordings and collections of requests, made into such a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import ConfigurationError
from harness.openapi.sources import har, insomnia, postman, script
from harness.openapi.sources.assemble import assembled

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDED = "x-recorded"
_FORMATS = (har, postman, insomnia)


def recorded_document(values: Any, *, where: str, host: str | None, prefix: str) -> Mapping[str, Any] | None:
    """Return the OpenAPI document of what a recording or collection holds; None for values that are neither.

    Of several hosts it is about `host`, else about the one that was asked most. Paths outside `prefix` are left out.
    What was recorded is no promise: any other answer is declared too, and no value of it but harmless words comes out.
    Raises ConfigurationError for one without a usable request.
    """
    source = next((each for each in _FORMATS if isinstance(values, dict) and each.fits(values)), None)
    if source is None:
        return None
    document = assembled(source.requests(values), host=host, prefix=prefix)
    if not document["paths"]:
        kept = f" on {host}" if host else ""
        raise ConfigurationError(f"{where}: {source.NAME} without a request of an API{kept}; expected at least one")
    return {**document, RECORDED: source.NAME}


__all__ = ["RECORDED", "recorded_document", "script"]
