"""A service as it is written by hand, from its URL alone: sound, it raises no alarm; each flaw in it is found."""

from __future__ import annotations

import json
import secrets
import tomllib
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.acceptance.ledgers import Ledgers
from tests.acceptance.running import harness, readable

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from tests.targets.common.running import Stage

HOLD, NO_GO = 10, 1
FAMILIES = ("isolation", "authorization", "authentication", "tokens", "integrity", "oracle", "injection", "exposure")
FLAWS = {
    "foreign-cards": "isolation/act_on_foreign_object",
    "any-note-below-own-name": "isolation/below_own_user",
    "foreign-lists": "isolation/owner_parameters",
    "foreign-pages": "isolation/update_foreign_object",
    "admin-at-sign-up": "authorization/role_assignment",
    "mail-in-profile": "exposure/personal_fields",
    "password-in-profile": "exposure/credentials",
}


def test_what_is_inferred_was_tried(theatre: Stage, tmp_path: Path) -> None:
    """A who-am-I for others is left out, prices are another role's, reports are private whatever the document says."""
    ended = harness("init", theatre.show(Ledgers()), "-o", "ledgers.toml", folder=tmp_path)
    assert ended.code == 0, ended.shown
    text = (tmp_path / "ledgers.toml").read_text()
    scenario = tomllib.loads(text)
    assert "GET /merchants/me is left out: to a user who has just signed up, it answers 403" in text
    assert scenario["users"]["whoami"]["operation"] == "GET /users/{username}"
    assert "not understood  POST /prices: POST /prices answers a new user 403" in ended.shown
    assert "GET /reports" not in scenario["target"]["public"]
    resources = {each["name"]: each for each in scenario["resource"]}
    assert set(resources) == {"card", "note", "page"}
    assert resources["card"]["create"]["id"].startswith("/card_details/id|/card_details/card_id|")
    assert resources["card"]["create"]["json"] == {"card_limit": 1}
    assert (resources["page"]["create"]["id"], resources["page"]["list"]["id"]) == ("", "/slug")
    assert resources["note"]["list"]["path"] == {"username": "{username}"}


def test_it_is_sound(theatre: Stage, tmp_path: Path) -> None:
    """Nothing is found, and what needs objects without a text, or a list in place of a read, is verified."""
    asked = [part for family in FAMILIES for part in ("--only", family)]
    ended = harness("verify", theatre.show(Ledgers()), *asked, "--seed", "1", folder=tmp_path)
    checks = {each["id"]: each["outcome"] for each in readable(tmp_path)["checks"]}
    assert not {name for name, outcome in checks.items() if outcome == "failed"}, ended.shown
    assert {
        "authorization/function_level",
        "authorization/role_assignment",
        "authentication/missing_credential",
        "exposure/credentials",
        "exposure/personal_fields",
        "integrity/acknowledged_updates",
        "isolation/act_on_foreign_object",
        "isolation/below_own_user",
        "isolation/delete_foreign_object",
        "isolation/list_foreign_objects",
        "isolation/owner_parameters",
        "isolation/update_foreign_object",
        "tokens/default_secret",
        "tokens/signature",
    } <= {name for name, outcome in checks.items() if outcome == "passed"}, ended.shown


@pytest.mark.parametrize(("flaw", "check"), FLAWS.items(), ids=list(FLAWS))
def test_a_flaw_is_found(theatre: Stage, tmp_path: Path, flaw: str, check: str) -> None:
    """What the service does wrong is told by the check that is for it."""
    url = theatre.show(Ledgers(flaws=frozenset({flaw})))
    ended = harness("verify", url, "--only", check, "--seed", "1", folder=tmp_path)
    outcomes = {each["id"]: each["outcome"] for each in readable(tmp_path)["checks"]}
    assert outcomes[check] == "failed", ended.shown
    assert ended.code == (HOLD if flaw == "mail-in-profile" else NO_GO), ended.shown  # medium stops no gate


BOXES = """
name = "boxes"

[target]
document = ""

[users.tokens]
alice = "env:ALICE"
bob = "env:BOB"

[[resource]]
name = "box"
create = { operation = "POST /boxes", json = { text = "{marker}" }, id = "/id" }
read = { operation = "GET /boxes/{id}" }
"""


@pytest.mark.parametrize("anybody", [False, True])
def test_what_cannot_be_listed_is_created_for_the_control(
    theatre: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, anybody: bool
) -> None:
    """Without a who-am-I and a list, a user reads what it has just created."""
    boxes: dict[str, tuple[str, str]] = {}

    async def answer(request: Request) -> Response:
        owner = request.headers.get("authorization", "").removeprefix("Bearer ")
        if owner not in {"token-of-alice", "token-of-bob"}:
            return JSONResponse({"error": "who?"}, 401)
        if request.method == "POST":
            key = secrets.token_hex(8)
            boxes[key] = (owner, json.loads(await request.body())["text"])
            return JSONResponse({"id": key})
        of, text = boxes.get(request.path_params["id"], (None, ""))
        if of is None or (of != owner and not anybody):
            return JSONResponse({"error": "no such box"}, 404)
        return JSONResponse({"id": request.path_params["id"], "text": text})

    monkeypatch.setenv("ALICE", "token-of-alice")
    monkeypatch.setenv("BOB", "token-of-bob")
    (tmp_path / "boxes.toml").write_text(BOXES)
    routes = [Route("/boxes", answer, methods=["POST"]), Route("/boxes/{id}", answer)]
    url = theatre.show(Starlette(routes=routes))
    check = "isolation/read_foreign_object"
    ended = harness("verify", url, "--scenario", "boxes.toml", "--only", check, folder=tmp_path)
    outcomes = {each["id"]: each["outcome"] for each in readable(tmp_path)["checks"]}
    assert outcomes["preflight/users"] == "passed", ended.shown
    assert outcomes[check] == ("failed" if anybody else "passed"), ended.shown
