"""Things that users have without creating them: foreign ones are found, and what is shared, public or empty is not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse

from tests.acceptance.application import JsonApplication
from tests.acceptance.running import harness, readable

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.targets.common.running import Stage

CHECK = "isolation/given_objects"
USERS = {"token-of-alice": "alice", "token-of-bob": "bob"}
TEXT = {"type": "string"}


def _read(variable: str = "", *, silent: bool = False) -> dict[str, Any]:
    parameters = [{"name": variable, "in": "path", "required": True, "schema": TEXT}] if variable else []
    answers = {status: {"description": ""} for status in ("200", "401", "404")}
    security: dict[str, Any] = {} if silent else {"security": [{"bearer": []}]}
    return {"get": {"parameters": parameters, "responses": answers, **security}}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Garage", "version": "1"},
    "paths": {
        "/vehicles": _read(),
        "/vehicles/{vehicle_id}": _read("vehicle_id"),
        "/vehicles/{vehicle_id}/place": _read("vehicle_id"),
        "/me": _read(),
        "/settings": _read(),
        "/bills/{tax_number}": _read("tax_number", silent=True),
        "/followed/topics": _read(),
        "/topics/{topic_id}": _read("topic_id"),
        "/notes": _read()
        | {
            "post": {
                "security": [{"bearer": []}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "required": ["text"], "properties": {"text": TEXT}}
                        }
                    }
                },
                "responses": {
                    "201": {
                        "description": "",
                        "content": {
                            "application/json": {"schema": {"type": "object", "properties": {"id": TEXT, "text": TEXT}}}
                        },
                    }
                },
            }
        },
        "/notes/{note_id}": _read("note_id"),
    },
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
}


@dataclass
class Garage(JsonApplication):
    """Each user has a vehicle, a tax number, a topic and a note; `way` says how the service treats what is foreign."""

    way: str = "sound"

    def __post_init__(self) -> None:
        """Give each user something of each kind."""
        kinds = ("vehicle", "tax", "topic", "note")
        self.things = {kind: {user: secrets.token_hex(6) for user in USERS.values()} for kind in kinds}

    def answer(self, request: Request, body: Any) -> Response:
        """Answer one read."""
        parts = request.url.path.strip("/").split("/")
        if parts == ["openapi.json"]:
            return JSONResponse(DOCUMENT)
        user = USERS.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if user is None and not (self.way == "public" and len(parts) > 1 and parts[0] != "followed"):
            return JSONResponse({"error": "who?"}, 401)
        if len(parts) > 1 and parts[0] != "followed":
            return self._one({"bills": "tax"}.get(parts[0], parts[0].removesuffix("s")), parts[1], user)
        lists: dict[str, Any] = {
            "vehicles": [{"id": each} for each in self._listed("vehicle", user)],
            "me": {"id": f"user-{user}"},
            "settings": {"taxNumber": self.things["tax"][str(user)], "theme": "dark"},
            "followed": {"topics": [{"topic_id": self.things["topic"][str(user)]}]},
            "notes": [{"id": each, "text": "old"} for each in self._listed("note", user)],
        }
        return JSONResponse(lists.get(parts[0], {"error": "no such path"}))

    def _listed(self, kind: str, user: str | None) -> list[str]:
        return [key for owner, key in self.things[kind].items() if owner == user or self.way == "shared"]

    def _one(self, kind: str, key: str, user: str | None) -> Response:
        if kind not in self.things:
            return JSONResponse({"error": "no such path"}, 404)
        owner = next((owner for owner, each in self.things[kind].items() if each == key), None)
        if self.way == "echo":
            return JSONResponse({"id": key})
        open_to_all = kind == "topic" or self.way in {"foreign", "public", "shared"}
        if owner is None or not (owner == user or open_to_all):
            return JSONResponse(
                [] if self.way == "empty" else {"error": "not found"}, 200 if self.way == "empty" else 404
            )
        named = {"customer": f"user-{owner}"} if kind == "tax" else {}
        return JSONResponse({"id": key, "says": f"{kind} {secrets.token_hex(2)}", **named})


WAYS = {
    "sound": {"passed": 3, "skipped": 1},
    "foreign": {"failed": 3, "skipped": 1},
    "public": {"failed": 2, "skipped": 2},
    "shared": {"failed": 1, "skipped": 3},
    "empty": {"passed": 3, "skipped": 1},
    "echo": {"skipped": 4},
}
"""How many reads come out how: two of vehicles, one of bills, of which the document does not say that they ask for a
credential, and one of topics, which all users read."""


def _verified(
    garage: Garage, stage: Stage, folder: Path, monkeypatch: pytest.MonkeyPatch, *more: str
) -> dict[str, int]:
    """Run the check with two given users, and return how many of its observations had which outcome."""
    for token, user in USERS.items():
        monkeypatch.setenv(user.upper(), token)
    users = [part for user in USERS.values() for part in ("--user", f"{user}=env:{user.upper()}")]
    harness("verify", stage.show(garage), *users, "--only", CHECK, "--seed", "1", *more, folder=folder)
    told = next(each for each in readable(folder)["checks"] if each["id"] == CHECK)
    return {outcome: number for outcome, number in told["observations"].items() if number}


@pytest.mark.parametrize(("way", "expected"), WAYS.items(), ids=list(WAYS))
def test_what_others_have(
    theatre: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, expected: dict[str, int]
) -> None:
    """Only what is told to one user, names that user or is in a personal list, and opens to another one, is found."""
    assert _verified(Garage(way=way), theatre, tmp_path, monkeypatch) == expected


@pytest.mark.parametrize(("way", "expected"), {"sound": {"passed": 4}, "foreign": {"failed": 4}}.items())
def test_what_is_there_already(
    theatre: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, expected: dict[str, int]
) -> None:
    """Where nothing may be written, what users have is asked for, also of things that could be created."""
    found = _verified(Garage(way=way), theatre, tmp_path, monkeypatch, "--read-only")
    assert found == {**expected, "skipped": 1}
