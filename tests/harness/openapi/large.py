"""Documents of the size and variety of large public APIs, in every dialect."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.harness.openapi.documents import NUMBER, TEXT, content, document, operation, ref, thing, variables

WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "islet", "joint")
EACH = 12  # operations of one thing and what is below it


def large(dialect: str, things: int) -> str:
    """Return the text of a document with EACH operations for each thing, as JSON or, for 3.1, as YAML."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": thing("title", "status", title=TEXT, status=NUMBER), **_shared()}
    for number in range(things):
        name = f"{WORDS[number % 10]}{WORDS[number // 10 % 10]}{WORDS[number // 100]}"
        schemas |= _schemas(name)
        paths |= _paths(name)
    whole = document(
        paths, schemas=schemas, components={"securitySchemes": {"it": {"type": "http", "scheme": "bearer"}}}
    )
    whole["security"] = [{"it": []}]
    if dialect == "2.0":
        return json.dumps(_swagger2(whole))
    whole["openapi"] = {"3.0": "3.0.3", "3.1": "3.1.0"}[dialect]
    return (
        yaml.dump(whole, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
        if dialect == "3.1"
        else json.dumps(whole)
    )


def _shared() -> dict[str, Any]:
    """A base that others are composed of, a tree that holds itself, and a choice."""
    return {
        "Base": thing("id", id=TEXT | {"format": "uuid", "readOnly": True}, created_at=TEXT | {"format": "date-time"}),
        "Tree": thing(label=TEXT, children={"type": "array", "items": ref("Tree")}, parent=ref("Tree")),
        "Card": thing("kind", kind={"type": "string", "enum": ["card"]}, last4=TEXT | {"pattern": "^[0-9]{4}$"}),
        "Bank": thing("kind", kind={"type": "string", "enum": ["bank"]}, iban=TEXT | {"minLength": 15}),
    }


def _schemas(name: str) -> dict[str, Any]:
    own = thing(
        "name",
        "method",
        name=TEXT | {"maxLength": 80},
        method={"oneOf": [ref("Card"), ref("Bank")]},
        tree=ref("Tree"),
        amount={"type": "number", "minimum": 1, "multipleOf": 0.5},
        tags={"type": "array", "items": TEXT, "maxItems": 5},
        **{f"field_{each}": TEXT | {"description": f"Field {each} of it. " * 8} for each in range(12)},
    )
    return {
        f"New{name}": own,
        name: {"allOf": [ref("Base"), ref(f"New{name}"), thing(owner_id=TEXT)]},
        f"{name}Page": thing("data", data={"type": "array", "items": ref(name)}, total=NUMBER, next_cursor=TEXT),
    }


def _paths(name: str) -> dict[str, Any]:
    plural, page, new = f"/v1/{name}s", ref(f"{name}Page"), ref(f"New{name}")
    note = thing("id", "text", id=NUMBER | {"readOnly": True}, text=TEXT)
    notes = thing("items", items={"type": "array", "items": note})
    own, below = variables(f"{name}_id"), variables(f"{name}_id", "note_id")
    return {
        plural: {
            "get": _failing(operation(page, query=("cursor", "limit", "search"))),
            "post": _failing(operation(ref(name), body=new, status="201")),
        },
        f"{plural}/{{{name}_id}}": {
            "parameters": own,
            "get": _failing(operation(ref(name))),
            "put": _failing(operation(ref(name), body=new)),
            "patch": _failing(operation(ref(name), body=thing(name=TEXT))),
            "delete": _failing(operation(status="204")),
        },
        f"{plural}/{{{name}_id}}/archive": {"parameters": own, "post": _failing(operation(ref(name)))},
        f"{plural}/{{{name}_id}}/notes": {
            "parameters": own,
            "get": _failing(operation(notes, query=("offset", "limit"))),
            "post": _failing(operation(note, body=note, status="201")),
        },
        f"{plural}/{{{name}_id}}/notes/{{note_id}}": {
            "parameters": below,
            "get": _failing(operation(note)),
            "delete": _failing(operation(status="204")),
        },
        f"/v1/statistics/{name}": {"get": _failing(operation(thing(count=NUMBER, mean={"type": "number"})))},
    }


def _failing(made: dict[str, Any]) -> dict[str, Any]:
    problem = {"description": "", **content(ref("Problem"))}
    made["responses"] |= dict.fromkeys(("401", "404", "422"), problem)
    return made


def _swagger2(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the same in the words of Swagger 2."""
    text = json.dumps(whole["components"]["schemas"]).replace("#/components/schemas/", "#/definitions/")
    paths = json.loads(json.dumps(whole["paths"]).replace("#/components/schemas/", "#/definitions/"))
    for item in paths.values():
        item["parameters"] = [_parameter2(one) for one in item.get("parameters", [])]
        for method, each in item.items():
            if method != "parameters":
                each["parameters"] = [_parameter2(one) for one in each.get("parameters", [])] + _body2(each)
                each["responses"] = {status: _answer2(one) for status, one in each["responses"].items()}
    return {
        "swagger": "2.0",
        "info": whole["info"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": paths,
        "definitions": json.loads(text),
        "securityDefinitions": {"it": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        "security": [{"it": []}],
    }


def _parameter2(one: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in one.items() if key != "schema"}, **one["schema"]}


def _body2(each: dict[str, Any]) -> list[dict[str, Any]]:
    body = each.pop("requestBody", None)
    schema = body["content"]["application/json"]["schema"] if body else None
    return [{"in": "body", "name": "body", "required": True, "schema": schema}] if body else []


def _answer2(one: dict[str, Any]) -> dict[str, Any]:
    schema = one.get("content", {}).get("application/json", {}).get("schema")
    return {"description": "", **({"schema": schema} if schema else {})}
