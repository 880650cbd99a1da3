"""The failures that sound services are known to get from Schemathesis, told from the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.references import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.openapi import Document

FORMS = ("multipart/", "application/x-www-form-urlencoded")
# With one of these, a text that stands for a value of another type may still be wrong.
NARROWING = frozenset({"enum", "const", "pattern", "not", "allOf", "anyOf", "oneOf"})
UNAVAILABLE = 503
INVALID_ACCEPTED = "ST201"  # as Schemathesis numbers its failures
ANY_BYTES = frozenset({None, "binary", "byte"})


def is_text_in_a_form(code: str, case: Mapping[str, Any], document: Document, operation: str) -> bool:
    """Whether "invalid data was accepted" only because the type of a form field was changed.

    A form has no types: a number, or null, in place of a text or a file is sent as text, which is what was asked for.
    """
    media = str(case.get("media_type") or "")
    if code != INVALID_ACCEPTED or not media.startswith(FORMS):
        return False
    properties = _properties(document, operation, media)
    mutations = case.get("meta", {}).get("phase", {}).get("data", {}).get("mutations") or []
    return bool(mutations) and all(_is_type_of_text(mutation, properties, document) for mutation in mutations)


def is_about_options(code: str, operation: str) -> bool:
    """Whether "invalid data was accepted" speaks of OPTIONS, which asks what a path offers, and acts on no data.

    What it answers does not depend on what stands in a parameter (RFC 9110, section 9.3.7).
    """
    return code == INVALID_ACCEPTED and operation.startswith("OPTIONS ")


def is_another_operation(code: str, sent_to: str | None) -> bool:
    """Whether "an undeclared method was not refused with 405" speaks of a request that is declared, elsewhere.

    `GET /things/{id}` answers for `GET /things/search` where only `POST /things/search` is declared.
    """
    return code in {"ST204", "ST205"} and sent_to is not None


def is_declared_unavailability(check: str, status: int | None, document: Document, operation: str) -> bool:
    """Whether "a server error" is a 503 that the document announces: a dependency that this service does without.

    An operation that answers nothing else is told apart by its floor of successes.
    """
    declared = next((known.responses for known in document.operations if known.id == operation), ())
    return check == "not_a_server_error" and status == UNAVAILABLE and any(each.status == "503" for each in declared)


def _properties(document: Document, operation_id: str, media: str) -> Mapping[str, Any]:
    for operation in document.operations:
        if operation.id == operation_id:
            schema = next((body.schema for body in operation.bodies if body.media_type == media), None)
            properties: Mapping[str, Any] = resolve(document.root, schema or {}).get("properties") or {}
            return properties
    return {}


def _is_type_of_text(mutation: Mapping[str, Any], properties: Mapping[str, Any], document: Document) -> bool:
    path = mutation.get("path") or []
    if list(mutation.get("keywords") or []) != ["type"] or len(path) != 1 or path[0] not in properties:
        return False
    schema = resolve(document.root, properties[path[0]])
    free = not NARROWING & schema.keys() and schema.get("format") in ANY_BYTES
    return free and schema.get("type") == "string"
