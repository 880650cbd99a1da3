"""Exchanges and a lab to judge them with; nothing is sent."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.checks._watching import Seen
from harness.client import Client
from harness.evidence.journal import Journal
from harness.identities import Introductions, Vault
from harness.lab import Lab, Session
from harness.lab.ledger import Ledger
from harness.model import Exchange, Request, Response
from harness.openapi import match, parse_document
from harness.policy import Budget, Origin, Policy
from harness.recording import Recorder
from harness.scenario import Scenario
from harness.transport import HttpTransport, RawTransport

if TYPE_CHECKING:
    from harness.model import Headers

THING = {
    "type": "object",
    "required": ["id", "labels"],
    "additionalProperties": False,
    "properties": {"id": {"type": "integer"}, "labels": {"type": "array", "items": {"type": "string"}}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/new": {"post": {"responses": {"201": {"description": ""}}}},
        "/things/{id}": {
            "get": {
                "security": [{"key": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": THING}}},
                    "401": {"description": "", "content": {"application/problem+json": {"schema": {"type": "object"}}}},
                    "404": {"description": ""},
                    "default": {"description": ""},
                },
            }
        },
    },
}
PARSED = parse_document(json.dumps(DOCUMENT), where="test")
JSON: Headers = (("Content-Type", "application/json"),)


def exchange(
    status: int = 200,
    body: object = None,
    headers: Headers = JSON,
    *,
    user: str = "alice",
    subject: str | None = None,
    method: str = "GET",
    target: str = "/things/1",
    sent: bytes = b"",
    purpose: str = "",
    number: int = 1,
) -> Exchange:
    """Return one exchange; `body` is bytes, or what becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        id=f"x{number}",
        user=user,
        subject=subject,
        request=Request(method=method, target=target, body=sent),
        response=Response(status=status, headers=headers, body=content),
        purpose=purpose,
    )


def seen(*arguments: Any, **more: Any) -> Seen:
    """Return an exchange as a watcher sees it, with its operation in the document."""
    made = exchange(*arguments, **more)
    assert made.response is not None
    operation = match(PARSED.operations, made.request.method, made.request.target)
    return Seen(exchange=made, response=made.response, operation=operation)


def lab(**said: Any) -> Lab:
    """Return a lab for the document above and a scenario of these parts."""
    scenario = Scenario.model_validate({"name": "things", **said})
    origin = Origin.parse("http://127.0.0.1:1")
    policy = Policy(origin=origin, budget=Budget(requests=1, seconds=1.0, per_second=1.0), read_only=True)
    client = Client(policy=policy, recorder=Recorder(), http=HttpTransport(origin), raw=RawTransport(origin))
    session = Session(
        scenario=scenario,
        document=PARSED,
        client=client,
        introductions=Introductions.build(scenario, Vault(folder=Path()), client),
        ledger=Ledger(Journal(None)),
        seed=1,
        profile="quick",
    )
    return Lab(session=session, check_id="test", random=random.Random(1))
