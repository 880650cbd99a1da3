"""Schemas of every version brought to JSON Schema 2020-12."""

from __future__ import annotations

import json

from harness.openapi import parse_document
from tests.harness.openapi.documents import document, parsed, ref


def test_what_is_not_understood_is_listed() -> None:
    """Dangling and endless references, bad keywords and unusable patterns allow anything, and the document says so."""
    found = parsed(
        {},
        schemas={
            "Dangling": {"$ref": "#/components/schemas/Nothing"},
            "Loop": {"allOf": [ref("Loop")]},
            "Bad": {"type": "strnig", "required": True, "minimum": "1", "enum": {}},
            "Slow": {"type": "string", "pattern": "^(a+)+$"},
            "Foreign": {"type": "string", "pattern": r"^\p{L}+$"},
        },
    )
    text = "\n".join(found.problems)
    for part in (
        "Dangling",
        "Loop",
        "Bad/type",
        "Bad/required",
        "Bad/minimum",
        "Bad/enum",
        "Slow/pattern",
        "Foreign/pattern",
    ):
        assert f"#/components/schemas/{part}:" in text
    assert found.root["components"]["schemas"]["Bad"] == {}


def test_schemas_of_openapi_3_0_are_translated() -> None:
    """Nullable, exclusive bounds and siblings of references mean in 2020-12 what they meant in 3.0."""
    source = document({}, schemas={"A": {"type": "string", "nullable": True, "enum": ["x"]}})
    source["openapi"] = "3.0.3"
    source["components"]["schemas"] |= {
        "B": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False},
        "C": {"$ref": "#/components/schemas/A", "type": "integer"},
        "D": {"nullable": True, "allOf": [ref("A")]},
    }
    schemas = parse_document(json.dumps(source), where="x").root["components"]["schemas"]
    assert schemas["A"]["type"] == ["string", "null"]
    assert schemas["A"]["enum"] == ["x", None]
    assert schemas["B"] == {"type": "integer", "exclusiveMinimum": 1, "maximum": 9}
    assert schemas["C"] == ref("A")
    assert schemas["D"]["anyOf"][1] == {"type": "null"}
