"""Finding the operation of a concrete request."""

from __future__ import annotations

import pytest

from harness.openapi import match
from tests.harness.openapi.documents import operation, parsed

DOCUMENT = parsed(
    {
        path: {"get": operation(), **({"delete": operation()} if "{id}" in path else {})}
        for path in (
            "/notes",
            "/notes/{id}",
            "/notes/mine",
            "/{kind}/all",
            "/files/{name}.{ext}",
            "/notes/{id}/tags/{tag}",
            "/",
        )
    }
)


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/notes", "GET /notes"),
        ("GET", "/notes?limit=1", "GET /notes"),
        ("GET", "/notes/7", "GET /notes/{id}"),
        ("GET", "/notes/mine", "GET /notes/mine"),
        ("DELETE", "/notes/mine", "DELETE /notes/{id}"),
        ("GET", "/notes/all", "GET /notes/{id}"),
        ("GET", "/other/all", "GET /{kind}/all"),
        ("get", "/notes/%2F..", "GET /notes/{id}"),
        ("HEAD", "/notes", "GET /notes"),
        ("GET", "/files/a.b.txt", "GET /files/{name}.{ext}"),
        ("GET", "/files/a", None),
        ("GET", "/notes/1/tags/x", "GET /notes/{id}/tags/{tag}"),
        ("GET", "/notes/", None),
        ("POST", "/notes", None),
        ("GET", "/nothing", None),
        ("GET", "/", "GET /"),
    ],
)
def test_a_request_belongs_to_its_operation(method: str, target: str, expected: str | None) -> None:
    """A concrete segment beats a variable, the earliest first; what no template covers belongs to none."""
    found = match(DOCUMENT.operations, method, target)
    assert (found.id if found else None) == expected
