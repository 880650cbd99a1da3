"""Documents made to hang, to blow up or to confuse: one clear error, in time."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ConfigurationError
from harness.openapi import drift, infer, parse_document, validate
from tests.harness.openapi.documents import document, parsed, ref, schema_document, thing
from tests.harness.openapi.test_inference import FLAT, NOTE

SECONDS = 30.0  # of processor time, under coverage on a busy machine; a bomb takes hours
_LEVELS = "".join(f"a{level}: &a{level} [{','.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 30))


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x, x]\n" + _LEVELS,
        "".join(f"a{n}: &a{n} {{{f'<<: *a{n - 1}, ' if n else ''}k{n}: 1}}\n" for n in range(3000)),
        "a: &a [*a]",
        "[" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "- " * 20_000,
        "{a: " * 20_000,
        '{"a": [' + "[" * 150 + "]" * 150 + "]}",
        "x" * 41_000_000,
        '{"openapi": "' + "x" * 41_000_000,
        "!!python/object/apply:os.system [id]",
        '{"openapi": "3.1.0", "x": NaN}',
        '{"openapi": "3.1.0", "x": ' + "9" * 5000 + "}",
        "\x00\x01",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_text_is_refused_in_time(text: str) -> None:
    """Bombs of aliases and merges, endless nesting, objects and sizes end in one error, soon."""
    started = time.process_time()
    with pytest.raises(ConfigurationError) as caught:
        parse_document(text, where="hostile")
    assert time.process_time() - started < SECONDS
    assert len(str(caught.value)) < 1000


def test_a_big_document_takes_bounded_time() -> None:
    """Five megabytes of JSON are read in seconds."""
    schemas = {
        f"S{n}": thing("a", a={"type": "string", "description": "x" * 200}, b=ref(f"S{n - 1}"))
        for n in range(1, 13_000)
    }
    text = json.dumps(document({}, schemas=schemas))
    assert len(text) > 4_500_000
    started = time.process_time()
    infer(parse_document(text, where="big"))
    assert time.process_time() - started < SECONDS


def test_recursive_schemas_end() -> None:
    """Cycles through values are followed as deep as the body goes, cycles without a value are cut."""
    node = {
        "type": "object",
        "properties": {"next": ref("It"), "all": {"type": "array", "items": ref("It")}},
        "required": ["all"],
    }
    schema, root = schema_document(node)
    assert set(validate({"all": [{"all": []}, {"next": {}}], "next": {"all": []}}, schema, root)) == {
        "/all/1: received no 'all', documented as required",
        "/all/1/next: received no 'all', documented as required",
    }
    schema, root = schema_document({"anyOf": [ref("It"), ref("B")]}, B={"allOf": [ref("It")]})
    assert isinstance(validate({}, schema, root), tuple)


def test_a_schema_that_doubles_with_every_level_ends() -> None:
    """Two alternatives that both go on at every level are exponential only without a memory."""
    branch = {"properties": {"a": ref("It")}}
    schema, root = schema_document({"anyOf": [branch | {"required": ["x"]}, branch | {"required": ["y"]}]})
    body: dict[str, Any] = {}
    for _ in range(90):
        body = {"a": body}
    started = time.process_time()
    assert len(validate(body, schema, root)) == 1
    assert time.process_time() - started < SECONDS


def test_a_long_chain_of_references_does_not_raise() -> None:
    """Thousands of references to follow for one value is a sentence, not a traceback."""
    schemas = {f"S{n}": {"allOf": [ref(f"S{n + 1}")]} for n in range(3000)}
    found = parsed({}, schemas=schemas | {"S3000": {"type": "string"}})
    assert "cannot be validated" in validate(1, found.root["components"]["schemas"]["S0"], found.root)[0]


def test_a_deep_body_is_one_sentence() -> None:
    """A body nested beyond all reason is not followed."""
    schema, root = schema_document({"type": "array", "items": ref("It")})
    body: list[Any] = []
    for _ in range(5000):
        body = [body]
    assert validate(body, schema, root) == ("received a body nested deeper than 100 levels, which cannot be validated",)


_KEYS = [
    "paths",
    "/a/{b}",
    "/a",
    "get",
    "post",
    "parameters",
    "schema",
    "content",
    "application/json",
    "responses",
    "200",
    "$ref",
    "type",
    "properties",
    "items",
    "required",
    "allOf",
    "components",
    "schemas",
    "servers",
    "url",
    "security",
    "info",
    "name",
    "in",
    "requestBody",
    "headers",
    "enum",
    "anyOf",
    "nullable",
    "securitySchemes",
    "pattern",
    "minimum",
    "variables",
]
_WORDS = st.sampled_from(["#/components/schemas/a", "#/paths", "object", "query", "apiKey", "array"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=4), inner | _WORDS, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["paths", "components", "servers", "security", "info", "definitions", "basePath"]), _JSON
    ),
    st.sampled_from([{"openapi": "3.0.0"}, {"openapi": "3.1.0"}, {"swagger": "2.0"}, {}]),
)
def test_no_document_raises_anything_else(values: dict[str, Any], version: dict[str, str]) -> None:
    """Whatever shape a document has: it is read and inferred from, or it is a ConfigurationError."""
    try:
        found = parse_document(json.dumps(values | version), where="any")
    except ConfigurationError:
        return
    told = infer(found)
    assert set(told.understood) | set(told.not_understood) == {one.id for one in found.operations}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("a:-&*[]{}<>?!|\n #'\"0\t,")))
def test_no_text_raises_anything_else(text: str) -> None:
    """Any text at all is a document or a ConfigurationError."""
    with pytest.raises(ConfigurationError):
        parse_document(text, where="any")


def _places(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place, *(found for key, value in steps for found in _places(value, (*place, key)))]


SOUND = document(FLAT, schemas={"Note": NOTE}, servers=[{"url": "/v1", "variables": {}}], security=[{"k": []}])
PLACES = [place for place in _places(SOUND) if place]
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1.5, "", "x", "#/paths", [], [None], [[]], {}, {"": {}}, {"$ref": "#/components/schemas/Note"}]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_a_sound_document_with_junk_in_it_raises_nothing_else(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    """One part of a good document replaced by nonsense is noted, or refused with a ConfigurationError."""
    values = copy.deepcopy(SOUND)
    for place, junk in changes:
        node: Any = values
        for step in place[:-1]:
            known = isinstance(node, dict) or (isinstance(node, list) and isinstance(step, int) and step < len(node))
            node = node[step] if known and (isinstance(node, list) or step in node) else {}
        if isinstance(node, dict):
            node[place[-1]] = copy.deepcopy(junk)
    try:
        found = parse_document(json.dumps(values), where="any")
    except ConfigurationError:
        return
    told = infer(found)
    assert set(told.understood) | set(told.not_understood) == {one.id for one in found.operations}
    drift(found, parsed(FLAT, schemas={"Note": NOTE}))
    for operation in found.operations:
        for response in operation.responses:
            for body in response.bodies:
                assert isinstance(validate({"items": [1], "title": None}, body.schema, found.root), tuple)
