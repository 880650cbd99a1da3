"""From an operation to the call of a scenario: required parameters and a body with placeholders."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.openapi.examples import NoExampleError, carries, example
from harness.openapi.inference.words import words
from harness.openapi.shapes import flattened, properties
from harness.requests import CSRF
from harness.scenario.schema import Upload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Operation, Parameter

JSON = "application/json"
MULTIPART = "multipart/form-data"
USER, USERNAME = "{user}", "{username}"
MARKER = "{marker}"
FORM = "application/x-www-form-urlencoded"
CREDENTIALS = frozenset({"authorization", "cookie", "x-api-key", "api-key", "x-auth-token", "x-access-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The keywords of a `Call`, and whether its body carries the placeholder of the marker."""

    values: dict[str, Any] = field(default_factory=dict)
    carries_marker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Drafts calls of one document. Raises NoExampleError where a required part cannot be made."""

    root: Mapping[str, Any]
    credential_headers: frozenset[str] = frozenset()

    def draft(
        self, operation: Operation, known: Mapping[str, Any] | None = None, *, text: str = MARKER, whole: bool = False
    ) -> Draft:
        """Return the call with `known` parameters and fields (name -> placeholder), `text` in every free text.

        With `whole`, a body that requires nothing is filled all the same.
        """
        known = known or {}
        values: dict[str, Any] = {"operation": operation.id}
        for location, key in (("path", "path"), ("query", "query"), ("header", "headers")):
            given = self._parameters(operation, location, known, text)
            if given:
                values[key] = given
        content = self._body(operation, known, text, whole=whole)
        return Draft(values=values | content, carries_marker=carries(content, text))

    def _parameters(self, operation: Operation, location: str, known: Mapping[str, Any], text: str) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for one in operation.parameters:
            if one.location != location:
                continue
            if location == "path" and f"v{{{one.name}}}" in operation.path:
                given[one.name] = str(versions(one)[0])
                continue
            if location == "path" and not names_somebody(known.get(one.name)):
                continue  # identifiers in paths are filled in when the request is built
            if one.name in known:
                given[one.name] = known[one.name]
            elif one.required and not self._goes_with_a_user(one.name.lower()):
                given[one.name] = self._value(one, text)
        return given if location != "header" else {name: _as_text(value) for name, value in given.items()}

    def _goes_with_a_user(self, name: str) -> bool:
        """Whether a user carries what goes there: a credential, or the proof that no other site has sent a request."""
        return name in CREDENTIALS | self.credential_headers or CSRF.search(name) is not None

    def _value(self, parameter: Parameter, text: str) -> Any:
        try:
            return example(parameter.schema, self.root, marker=text)
        except NoExampleError as error:
            raise NoExampleError(f"{parameter.location} parameter {parameter.name}: {error}") from error

    def _body(self, operation: Operation, known: Mapping[str, Any], text: str, *, whole: bool) -> dict[str, Any]:
        schemas = {body.media_type.partition(";")[0].strip().lower(): body.schema for body in operation.bodies}
        media = next((one for one in (JSON, MULTIPART, FORM) if one in schemas), None)
        media = media or next((one for one in schemas if one.endswith("+json") and "json-patch" not in one), None)
        if media is None and "*/*" in schemas:
            media = "*/*"
        if media is None:
            if operation.body_required:
                raise NoExampleError(f"the body is {', '.join(schemas) or 'of no media type'}, expected JSON or a form")
            return {}
        # What a file holds is often not shown again, so a text beside it has to carry the marker too.
        files = self._required_files(schemas[media]) if media == MULTIPART else frozenset[str]()
        filled, must_carry = files | known.keys(), text == MARKER
        made = example(schemas[media], self.root, marker=text, filled=filled, must_carry=must_carry, whole=whole)
        value = _filled(made, known)
        if media == MULTIPART:
            return {"multipart": self._parts(flattened(self.root, schemas[media]), value, text)}
        if media == FORM:
            return {"form": {name: _as_text(one) for name, one in value.items()}}
        headers = {"headers": {"Content-Type": media}} if media not in {JSON, "*/*"} else {}
        return {"body": value} | headers

    def _parts(self, schema: Mapping[str, Any], value: Mapping[str, Any], text: str) -> dict[str, str | Upload]:
        files = [name for name, one in properties(self.root, schema).items() if is_file(one)]
        parts: dict[str, str | Upload] = {name: _as_text(one) for name, one in value.items() if name not in files}
        for name in [one for one in files if one in value] or files[:1]:
            content = f"{text} is the text of this file.\n"
            parts[name] = Upload(filename=f"{text}.txt", content=content, content_type="text/plain")
        return parts

    def _required_files(self, schema: Mapping[str, Any] | None) -> frozenset[str]:
        required = flattened(self.root, schema or {}).get("required", ())
        return frozenset(
            name for name, one in properties(self.root, schema).items() if name in required and is_file(one)
        )


def _filled(value: Any, known: Mapping[str, Any], level: int = 0) -> Any:
    """Put what is known into the fields of an object and of an object in it."""
    if not isinstance(value, dict) or level > 1:
        return value
    return {name: known[name] if name in known else _filled(one, known, level + 1) for name, one in value.items()}


def is_file(schema: Mapping[str, Any]) -> bool:
    """Whether a flattened schema of a form field is a file."""
    return schema.get("format") == "binary" or "contentMediaType" in schema


def versions(parameter: Parameter) -> list[Any]:
    """Return the versions that a variable of a path may name, the usual one first; 1 where none is told."""
    listed = parameter.schema.get("enum")
    told = [parameter.schema.get("default"), *(listed if isinstance(listed, list) else ())]
    return list(dict.fromkeys(each for each in told if each is not None)) or [1]


def names_somebody(value: Any) -> bool:
    """Whether a placeholder stands for a user, who is known before anything is created."""
    return value == USER or (isinstance(value, str) and value.startswith(USERNAME))


def acting(variable: str) -> str:
    """Return the placeholder for the acting user in a place of this name: by name where it says so."""
    return USERNAME if "_".join(words(variable)) in {"username", "user_name", "login", "handle"} else USER


def takes(operation: Operation, root: Mapping[str, Any]) -> dict[str, str]:
    """Return every field a caller may give, with where it goes: path, query or body; `readOnly` ones are only shown."""
    given = {one.name: one.location for one in operation.parameters if one.location in {"path", "query"}}
    for body in operation.bodies:
        fields = properties(root, body.schema).items()
        given |= dict.fromkeys((name for name, one in fields if one.get("readOnly") is not True), "body")
    return given


def has_word(name: str, *wanted: str) -> bool:
    """Whether one of the words of a name is wanted."""
    return not set(wanted).isdisjoint(words(name))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
