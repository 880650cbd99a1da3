"""Judging the body of a response by its schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.openapi import parse_document, validate
from tests.harness.openapi.documents import NUMBER, TEXT, document, ref, schema_document, thing

CASES: list[tuple[Any, Any, str | None]] = [
    ({"type": "string"}, "a", None),
    ({"type": "string"}, 1, "the body: received 1, documented string"),
    ({"type": ["string", "null"]}, None, None),
    ({"type": "integer"}, True, "received true, documented integer"),
    ({"type": "integer"}, 1.0, None),
    (thing("a", a=NUMBER), {"a": "x"}, "/a: received string 'x', documented integer"),
    (thing("a", a=NUMBER), {}, "the body: received no 'a', documented as required"),
    (thing("a", a=TEXT | {"writeOnly": True}), {}, None),
    (thing("a", a=TEXT | {"readOnly": True}), {}, "received no 'a'"),
    (thing(a=TEXT) | {"additionalProperties": False}, {"a": "", "b": 1}, "received 'b', documented without further"),
    ({"additionalProperties": NUMBER}, {"b": "x"}, "/b: received string 'x', documented integer"),
    ({"type": "array", "items": NUMBER}, [1, "x"], "/1: received string 'x'"),
    ({"type": "array", "uniqueItems": True}, [{"a": 1}, {"a": 1}], "1 repeated items, documented as unique"),
    ({"type": "array", "uniqueItems": True}, [1, True, "1"], None),
    ({"enum": ["a", "b"]}, "c", 'received string \'c\', documented one of ["a", "b"]'),
    ({"const": 1}, 2, "documented const 1"),
    ({"minimum": 3}, 2, "received 2, documented minimum 3"),
    ({"exclusiveMaximum": 3}, 3, "documented exclusiveMaximum 3"),
    ({"multipleOf": 0.01}, 0.07, None),
    ({"multipleOf": 3}, 10**30 + 1, "documented as a multiple of 3"),
    ({"pattern": "^a+$"}, "b", "received string 'b', documented pattern '^a+$'"),
    ({"maxLength": 30}, "s" * 31, "received a string of 31 characters, documented maxLength 30"),
    ({"oneOf": [NUMBER, thing("z", z=TEXT)]}, {}, "received no 'z'"),
    ({"oneOf": [{"minimum": 0}, {"minimum": 1}]}, 5, "documented oneOf of 2 schemas"),
    ({"not": {"type": "string"}}, "a", "documented as not allowed here"),
    ({"properties": {"x": False}}, {"x": 1}, "/x: received 1, documented as not allowed here"),
    ({"format": "date-time"}, "2024-02-30T00:00:00Z", 'documented format "date-time"'),
    ({"format": "date-time"}, "2024-02-29T23:59:60.5+02:00", None),
    ({"format": "date"}, "yesterday", 'documented format "date"'),
    ({"format": "uuid"}, "nope", 'documented format "uuid"'),
    ({"format": "email"}, "nope", 'documented format "email"'),
    ({"format": "ipv4"}, "256.1.1.1", 'documented format "ipv4"'),
    ({"format": "anything"}, "at all", None),
    (True, [], None),
]


@pytest.mark.parametrize(("schema", "body", "expected"), CASES, ids=lambda value: json.dumps(value)[:30])
def test_a_body_is_judged(schema: Any, body: Any, expected: str | None) -> None:
    """Each sentence names the place, what was received and what is documented; a good body gets none."""
    node, root = schema_document(thing(it=schema))
    found = validate({"it": body}, node, root)
    if expected is None:
        assert found == ()
    else:
        assert len(found) == 1
        assert expected.removeprefix("the body: ").removeprefix("/") in found[0]
        assert found[0].startswith("/it")


def test_a_pointer_is_escaped_and_the_top_is_the_body() -> None:
    """Places are JSON pointers (RFC 6901); what has no place is the body."""
    schema, root = schema_document({"properties": {"a/b": {"properties": {"c~d": NUMBER}}}, "minProperties": 1})
    assert validate({"a/b": {"c~d": ""}}, schema, root) == ("/a~1b/c~0d: received string '', documented integer",)
    assert validate({}, schema, root) == ("the body: received an object with 0 properties, documented minProperties 1",)


def test_a_long_text_is_not_repeated() -> None:
    """What was received may be private, so only short texts are shown."""
    schema, root = schema_document({"type": "integer"})
    assert "secret" not in validate("secret " * 10, schema, root)[0]


def test_nothing_documented_is_no_violation() -> None:
    """Without a schema there is nothing to contradict."""
    assert validate({"a": 1}, None, {}) == ()


def test_at_most_twenty_sentences() -> None:
    """A wrong list is not a thousand findings."""
    schema, root = schema_document({"type": "array", "items": NUMBER})
    assert len(validate(["x"] * 1000, schema, root)) == 20


def test_the_same_object_is_judged_at_each_place() -> None:
    """A value known to be wrong is wrong again where it is met again."""
    schema, root = schema_document({"type": "array", "items": ref("N")}, N=thing("a", a=TEXT))
    wrong: dict[str, Any] = {}
    found = validate([wrong, wrong], schema, root)
    assert [one.partition(":")[0] for one in found] == ["/0", "/1"]


def test_nullable_of_openapi_3_0_is_heeded() -> None:
    """A null is a value of a nullable field, and of no other."""
    source = document({}, schemas={"It": thing(a=TEXT | {"nullable": True}, b=TEXT)}) | {"openapi": "3.0.2"}
    root = parse_document(json.dumps(source), where="x").root
    found = validate({"a": None, "b": None}, root["components"]["schemas"]["It"], root)
    assert found == ("/b: received null, documented string",)
