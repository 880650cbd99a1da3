"""A recording instead of a document: two users and a HAR file are enough to see whether users are kept apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.acceptance.running import bundle, harness, readable
from tests.harness.openapi.recordings import KEY, PERSONAL, har, session
from tests.targets.accounts.app import build as accounts_service
from tests.targets.accounts.parts import Parts as AccountsParts
from tests.targets.common.flaws import load_flaws, switch_on
from tests.targets.projects.app import SERVICE, build
from tests.targets.projects.parts import Parts
from tests.test_targets_projects import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.targets.common.running import Stage

USERS = ("--user", "alice=env:A", "--user", "bob=env:B")
TOKENS = {"A": "key-of-alice", "B": "key-of-bob"}


@pytest.mark.parametrize("flaw", [None, "note-read-foreign"])
def test_a_recording_is_enough(flaw: str | None, theatre: Stage, tmp_path: Path) -> None:
    """The sound service is verified on every operation that was recorded, the flawed one is found out."""
    parts = Parts() if flaw is None else switch_on(Parts(), [flaw], load_flaws([SERVICE.flaws]))
    url = theatre.show(build(parts, ENVIRONMENT))
    file = tmp_path / "session.har"
    file.write_text(har(session(url)), encoding="utf-8")
    ended = harness("verify", url, "--from", str(file), *USERS, "--only", "isolation", folder=tmp_path, **TOKENS)
    document = readable(tmp_path)
    passed = {each["id"] for each in document["checks"] if each["outcome"] == "passed"}
    assert "13 of 13 operations understood" in ended.err
    assert ended.code == (10 if flaw is None else 1), ended.shown  # one family alone decides nothing about tokens
    if flaw is None:
        wanted = {"read", "list", "update", "delete", "search"}
        assert {f"isolation/{verb}_foreign_object{'s' * (verb in {'list', 'search'})}" for verb in wanted} <= passed
    else:
        assert any("GET /v2/projects/{project_id}/notes/{note_id}" in each["sentence"] for each in document["findings"])
    kept = [path for path in bundle(tmp_path).rglob("*") if path.is_file()]
    assert not [path.name for path in kept if any(text.encode() in path.read_bytes() for text in (KEY, PERSONAL))]


def test_init_writes_a_scenario_that_names_the_recording(theatre: Stage, tmp_path: Path) -> None:
    """What init infers from a recording can be corrected and used; the file is read again from there."""
    url = theatre.show(build(Parts(), ENVIRONMENT))
    file = tmp_path / "session.har"
    file.write_text(har(session(url)), encoding="utf-8")
    made = harness("init", url, "--from", str(file), "-o", "it.toml", folder=tmp_path)
    assert "13 of 13 operations understood" in made.out, made.shown
    again = ("verify", url, "--scenario", "it.toml", *USERS, "--only", "isolation/read_foreign_object")
    ended = harness(*again, folder=tmp_path, **TOKENS)
    assert ended.code == 10, ended.shown  # one check alone decides nothing about tokens
    document = readable(tmp_path)
    assert {each["id"]: each["outcome"] for each in document["checks"]}["isolation/read_foreign_object"] == "passed"


def test_a_recording_and_a_document_are_too_much(tmp_path: Path) -> None:
    """Both at once, or a file that is not there, is a wrong command line."""
    both = harness("verify", "http://127.0.0.1:9", "--from", "x.har", "--document", "/y", folder=tmp_path)
    assert (both.code, "expected one of them" in both.err) == (4, True)
    missing = harness("init", "http://127.0.0.1:9", "--from", "x.har", folder=tmp_path)
    assert (missing.code, "no such file" in missing.err) == (4, True)


def test_users_of_another_fuzzer_log_in(theatre: Stage, tmp_path: Path) -> None:
    """A WFC file with names and passwords is enough where the document describes the rest; no password comes out."""
    accounts = accounts_service(AccountsParts(), {})
    url = theatre.show(accounts)
    entries = []
    for name in ("alice", "bob"):
        fields = {"username": f"{name}-wfc", "password": f"sesame of {name}", "email": f"{name}@example.com"}
        assert httpx.post(f"{url}/signup", json=fields, trust_env=False).status_code < 300
        given = {"usernameField": "username", "passwordField": "password"}
        payload = {**given, "username": fields["username"], "password": fields["password"]}
        entries.append({"name": name, "loginEndpointAuth": {"payloadUserPwd": payload}})
    shared = {"endpoint": "/login", "verb": "POST", "contentType": "application/x-www-form-urlencoded"}
    template = {"loginEndpointAuth": {**shared, "expectCookies": True}}
    file = tmp_path / "auth.json"
    file.write_text(json.dumps({"auth": entries, "authTemplate": template}), encoding="utf-8")
    only = ("--only", "isolation/read_foreign_object", "--only", "isolation/list_foreign_objects")
    ended = harness("verify", url, "--auth", str(file), *only, folder=tmp_path)
    outcomes = {each["id"]: each["outcome"] for each in readable(tmp_path)["checks"]}
    assert outcomes["isolation/list_foreign_objects"] == "passed", ended.shown
    assert outcomes["isolation/read_foreign_object"] == "passed", ended.shown
    kept = [path for path in bundle(tmp_path).rglob("*") if path.is_file()]
    assert not [path.name for path in kept if b"sesame of" in path.read_bytes()]
