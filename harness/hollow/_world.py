"""What a hollow target knows: the document and the scenario of the service whose place it takes."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.hollow._http import Answer, Asked, as_json
from harness.hollow._store import Store
from harness.hollow._values import fields_of, put
from harness.openapi import NoExampleError, example
from harness.openapi.matching import fits
from harness.scenario.schema import ListCall

if TYPE_CHECKING:
    from harness.openapi import Document
    from harness.scenario import Scenario
    from harness.scenario.schema import Call, ResourceSpec

SUCCESS = (200, 201, 202, 204)
MARK = "hollow"
VERBS = ("create", "create_public", "list", "search", "read", "update", "delete", "action", "bulk", "admit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Which call of the scenario a request is, with the path values in order."""

    verb: str
    call: Call
    resource: ResourceSpec | None = None
    path: tuple[str, ...] = ()

    @property
    def listed(self) -> ListCall:
        """The call of a list or a search, which says where the items are."""
        if not isinstance(self.call, ListCall):
            raise TypeError(f"{self.call.operation} is no list")
        return self.call


@dataclass(kw_only=True)
class World:
    """The service that is expected here, and whom this one has let in."""

    scenario: Scenario
    document: Document
    store: Store = field(default_factory=Store)
    _issued: dict[str, str] = field(default_factory=dict)

    def known(self, asked: Asked) -> Known | None:
        """Return which call of the scenario a request is, the most concrete path first."""
        found = [known for known in self._calls() if self.asks_for(known.call.operation, asked)]
        best = min(found, key=lambda known: known.call.operation.count("{"), default=None)
        if best is None:
            return None
        template = best.call.operation.partition(" ")[2].split("/")
        values = [part for name, part in zip(template, asked.path.split("/"), strict=True) if "{" in name]
        return Known(verb=best.verb, call=best.call, resource=best.resource, path=tuple(values))

    def _calls(self) -> list[Known]:
        users = self.scenario.users
        own = {"whoami": users.whoami, "signup": users.signup, "login": users.login}
        made = [Known(verb=verb, call=call) for verb, call in own.items() if call is not None]
        for spec in self.scenario.resource:
            for verb in VERBS:
                calls = spec.calls(verb)
                made += [Known(verb=verb.partition("_")[0], call=call, resource=spec) for call in calls]
        return made

    def introduction(self, asked: Asked) -> Answer | None:
        """Answer what has to be sound for anything to be tried: readiness, version, document, and letting users in."""
        target = self.scenario.target
        if asked.target == (target.document or "/openapi.json"):
            return Answer(headers=(("Content-Type", "application/json"),), body=self.document.text.encode())
        line = f"{asked.method} {asked.path}"
        if line in {target.ready, target.version}:
            return as_json(self.body(line, 200) or {"ready": True})
        known = self.known(asked)
        return self._let_in(known, asked) if known is not None and known.verb in {"signup", "login"} else None

    def _let_in(self, known: Known, asked: Asked) -> Answer:
        where = getattr(known.call, "credential", None)
        token = secrets.token_urlsafe(24)
        named = [value for value in requests.values(fields_of(asked)) if isinstance(value, str)]
        self._issued[token] = named[0] if named else token
        status = self.success(known.call)
        body = self.body(known.call.operation, status)
        kind, _, name = (where or "").partition(":")
        if kind == "cookie":
            return as_json(body, status, (("Set-Cookie", f"{name}={token}; HttpOnly; Path=/"),))
        if kind == "header":
            return as_json(body, status, ((name, token),))
        return as_json(put(body, where, token) if where else body, status)

    def who(self, asked: Asked) -> str:
        """Return whom a credential names, taken at its word: nothing is verified here."""
        said = asked.header("Cookie").partition("=")[2] or asked.header(self.scenario.users.credential.header or "")
        token = said.rpartition(" ")[2]
        with contextlib.suppress(ValueError, IndexError, TypeError, KeyError):
            part = token.split(".")[1]
            return str(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sub"])
        return self._issued.get(token, "anybody")

    def success(self, call: Call) -> int:
        """Return the status of success: that of the scenario, else the first one the document declares."""
        if call.success:
            return call.success[0]
        return self.success_of(call.operation)

    def success_of(self, operation: str) -> int:
        """Return the first status of success that the document declares for an operation."""
        return next((status for status in self._statuses(operation) if status in SUCCESS), 200)

    def asks_for(self, operation: str, asked: Asked) -> bool:
        """Whether the request is one of an operation."""
        method, _, template = operation.partition(" ")
        return method == asked.method and fits(template, asked.path)

    def item(self, call: ListCall) -> Any:
        """Return one valid item of a list, by the schema of its answer."""
        schema: Any = self._schema(call.operation, self.success(call))
        for name in call.items.partition("|")[0].split("/")[1:]:
            schema = self._resolved(schema).get("properties", {}).get(name, {})
        return self._example(self._resolved(schema).get("items"))

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        while isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
            schema = requests.pointer(self.document.root, schema["$ref"].removeprefix("#"))
        return schema if isinstance(schema, Mapping) else {}

    def _statuses(self, operation: str) -> list[int]:
        one = next((each for each in self.document.operations if each.id == operation), None)
        return sorted(int(response.status) for response in one.responses if response.status.isdecimal()) if one else []

    def body(self, operation: str, status: int) -> Any:
        """Return a body that is valid for the response the document declares, `{}` where none can be made."""
        return self._example(self._schema(operation, status))

    def _schema(self, operation: str, status: int) -> Mapping[str, Any] | None:
        one = next((each for each in self.document.operations if each.id == operation), None)
        declared = one.declared(status) if one else None
        return next((body.schema for body in declared.bodies if body.schema), None) if declared else None

    def _example(self, schema: Any) -> Any:
        if not isinstance(schema, Mapping):
            return {}
        try:
            return example(schema, self.document.root, marker=MARK)
        except NoExampleError:
            return {}

    def created(self, call: Call, identifier: Any) -> Answer:
        """Answer a create as the document says, with this identifier where the scenario looks for it."""
        status = self.success(call)
        where = getattr(call, "id", "/id")
        body = self.body(call.operation, status)
        if where == "location":
            return as_json(body, status, (("Location", f"{call.operation.partition(' ')[2]}/{identifier}"),))
        return as_json(put(body, where, identifier), status)

    def new_id(self, call: Call) -> Any:
        """Return a made-up identifier of the type that the document declares."""
        declared = requests.at(self.body(call.operation, self.success(call)), getattr(call, "id", "/id"))
        return secrets.randbelow(10**9) + 1 if isinstance(declared, int) else str(uuid.uuid4())

    def fixed_id(self, spec: ResourceSpec) -> Any:
        """Return the identifier that is always the same for a resource: that of a valid body."""
        if spec.create is None:
            return MARK
        body = self.body(spec.create.operation, self.success(spec.create))
        return requests.at(body, spec.create.id) or MARK
