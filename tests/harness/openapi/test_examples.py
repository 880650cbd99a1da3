"""Values made for a schema are valid by it, and carry the marker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.openapi import NoExampleError, example, validate
from tests.harness.openapi.documents import NUMBER, TEXT, ref, schema_document, thing

TABLE: list[tuple[Any, Any]] = [
    (thing("title", title=TEXT, done={"type": "boolean"}), {"title": "M"}),
    (thing(done={"type": "boolean"}, name=TEXT, text=TEXT), {"name": "M"}),
    (thing(color=TEXT, remark=TEXT), {"remark": "M"}),
    (thing("n", n=NUMBER | {"exclusiveMinimum": 3}), {"n": 4}),
    (thing("id", "t", id=TEXT | {"readOnly": True}, t=TEXT), {"t": "M"}),
    (thing("k", k={"enum": ["x", "y"]}, note=TEXT), {"k": "x", "note": "M"}),
    (thing("email", email=TEXT | {"format": "email"}), {"email": "M@example.com"}),
    (thing("mail", mail=TEXT), {"mail": "M@example.com"}),
    (thing("slug", slug=TEXT | {"pattern": "^[a-z0-9-]{3,60}$"}), {"slug": "M"}),
    (thing("code", code=TEXT | {"pattern": r"^\d{3}-[A-F]{2}(x|y)+$"}), {"code": "000-AAx"}),
    (thing("short", short=TEXT | {"maxLength": 5}), {"short": "a"}),
    (thing("long", long=TEXT | {"minLength": 30}), {"long": "Mxxxxxxx"}),
    (thing("tags", tags={"type": "array", "items": TEXT}, text=TEXT), {"tags": [], "text": "M"}),
    (thing("a", a={"type": "array", "minItems": 2, "uniqueItems": True, "items": TEXT}), {"a": ["M", "M1"]}),
    (thing("article", article=thing("title", title=TEXT)), {"article": {"title": "M"}}),
    (thing("v", v={"anyOf": [{"type": "null"}, thing("b", b=TEXT)]}), {"v": {"b": "M"}}),
    ({"allOf": [thing("a", a=TEXT), thing("b", b=NUMBER)]}, {"a": "M", "b": 1}),
    (thing(data={"type": "object", "additionalProperties": {}}, may=thing(read=TEXT)), {"data": {"note": "M"}}),
    (thing("data", data=thing("n", n=NUMBER) | {"additionalProperties": {}}), {"data": {"n": 1, "note": "M"}}),
    (thing("n", n=NUMBER) | {"additionalProperties": {"type": "integer"}}, {"n": 1}),
    ({"type": ["string", "null"]}, "M"),
    ({"type": "integer", "multipleOf": 7, "minimum": 10}, 14),
    ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5}, 0.25),
    ({"type": "integer", "maximum": -5}, -5),
    ({"const": {"a": 1}}, {"a": 1}),
    (
        thing("at", "on", at=TEXT | {"format": "date-time"}, on=TEXT | {"format": "date"}),
        {"at": "2030-01-01T00:00:00Z", "on": "2030-01-01"},
    ),
]


@pytest.mark.parametrize(("schema", "expected"), TABLE, ids=lambda value: json.dumps(value)[:40])
def test_the_smallest_sensible_value(schema: Any, expected: Any) -> None:
    """Required properties only, one text for the marker, and names that tell their format."""
    node, root = schema_document(schema)
    assert example(node, root, marker="M") == expected


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (thing("next", next=ref("It")), "it never ends"),
        ({"type": "string", "pattern": "(?=x)y"}, "no text was found"),
        ({"type": "array", "minItems": 1000, "items": NUMBER}, "needs 1000 items"),
        ({"properties": {"a": False}, "required": ["a"], "type": "object"}, "nothing is allowed"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "no valid example was found"),
        ({"type": "string", "minLength": 10_000_000}, "needs 10000000 characters"),
    ],
)
def test_giving_up_says_why(schema: Any, reason: str) -> None:
    """Where the bounded try fails, the error names the field and the reason."""
    node, root = schema_document(schema)
    with pytest.raises(NoExampleError, match=reason):
        example(node, root, marker="M")


_TEXTS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": st.integers(0, 40),
        "maxLength": st.integers(40, 80),
    },
)
_FORMATS = st.sampled_from(["uuid", "date", "date-time", "email", "uri", "ipv4", "ipv6", "other"])
_NUMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={"minimum": st.integers(-50, 0), "exclusiveMaximum": st.integers(20, 50), "multipleOf": st.integers(1, 9)},
)
_SCHEMAS = st.recursive(
    _TEXTS
    | st.builds(lambda name: TEXT | {"format": name}, _FORMATS)
    | _NUMBERS
    | st.sampled_from([{"type": "boolean"}, {"enum": [1, "a", None]}, {"type": "null"}, {}]),
    lambda inner: (
        st.builds(lambda item, least: {"type": "array", "items": item, "minItems": least}, inner, st.integers(0, 3))
        | st.builds(
            lambda fields: thing(*list(fields)[:2], **fields), st.dictionaries(st.sampled_from("abcdef"), inner)
        )
        | st.builds(lambda options: {"anyOf": options}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda fields: {"allOf": [thing("a", a=TEXT), fields]}, st.just(thing("b", b=NUMBER)))
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_SCHEMAS)
def test_every_example_is_valid(schema: Any) -> None:
    """Whatever the schema: the value is valid as a request by it."""
    node, root = schema_document(schema)
    assert validate(example(node, root, marker="bcdfghjkmnp-qrstvwxz234"), node, root, is_request=True) == ()
