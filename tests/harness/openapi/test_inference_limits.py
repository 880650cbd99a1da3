"""What an inference leaves alone, and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.openapi.documents import NUMBER, TEXT, operation, ref, thing, variables
from tests.harness.openapi.test_inference import inferred


def pair(made: Any, body: Any, *, path: str = "/notes", media: str = "application/json", **item: Any) -> dict[str, Any]:
    """Return a collection that creates and an item that reads."""
    names = [part.strip("{}") for part in path.split("/") if "{" in part]
    return {
        path: {"parameters": variables(*names), "post": operation(made, body=body, media=media)},
        f"{path}/{{id}}": {"parameters": variables(*names, "id"), "get": operation(made), **item},
    }


SLOW = thing("t", t=TEXT | {"pattern": "(?=x)y"})
REASONS: list[tuple[dict[str, Any], str, str]] = [
    ({"/a/{id}": {"parameters": variables("id"), "get": operation()}}, "GET /a/{id}", "no operation creates a a"),
    (pair(ref("Note"), ref("Note"), path="/a/{x}/notes"), "POST /a/{x}/notes", "below a a, which cannot be created"),
    ({"/settings": {"get": operation(thing(theme=TEXT))}}, "GET /settings", "one object without an identifier"),
    (
        {"/prices": {"get": operation({"type": "array", "items": thing(sum=NUMBER)})}},
        "GET /prices",
        "no operation creates",
    ),
    ({"/notes": {"options": operation()}}, "OPTIONS /notes", "OPTIONS is not exercised by itself"),
    (pair(thing(words=NUMBER), thing("t", t=TEXT)), "POST /notes", "its answer names no identifier"),
    (pair(ref("Note"), SLOW), "POST /notes", "no valid request could be made: t: no text was found"),
    (pair(ref("Note"), TEXT, media="application/xml"), "POST /notes", "application/xml, expected JSON or a form"),
    ({"/notes": {"put": operation(body={"type": "array"})}}, "PUT /notes", "it may change many at once"),
]


@pytest.mark.parametrize(("paths", "name", "reason"), REASONS, ids=[reason for _, _, reason in REASONS])
def test_what_is_not_understood_has_a_reason(paths: dict[str, Any], name: str, reason: str) -> None:
    """Nothing is guessed silently: every operation is understood, or listed with why it is not."""
    found = inferred(paths)
    assert reason in found.not_understood[name]
    assert found.resources == ()


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("DELETE", "/me", True),
        ("DELETE", "/users/{user_id}", True),
        ("DELETE", "/notes", True),
        ("POST", "/logout", True),
        ("POST", "/auth/sign-out", True),
        ("POST", "/me/password", True),
        ("GET", "/createdb", True),
        ("POST", "/admin/reset", True),
        ("POST", "/users/deactivate", True),
        ("POST", "/cache/flush", True),
        ("POST", "/notes/{id}/restore", False),
        ("GET", "/settings/reset-history", True),
        ("GET", "/history/of-reset", False),
        ("DELETE", "/notes/{id}", False),
        ("GET", "/notes", False),
        ("POST", "/notes/{id}/publish", False),
        ("POST", "/password/forgot", False),
    ],
)
def test_what_may_end_the_user_or_shared_state_is_destructive(method: str, path: str, expected: bool) -> None:
    """Deleting oneself, logging out, changing the password and resetting everything are recognised by usual names."""
    names = [part.strip("{}") for part in path.split("/") if "{" in part]
    found = inferred({path: {"parameters": variables(*names), method.lower(): operation()}})
    assert (f"{method} {path}" in {*found.destructive, *found.excluded}) is expected


def test_a_summary_tells_that_everything_is_emptied() -> None:
    """A route of any name that says it makes the database anew is excluded."""
    told = operation() | {"summary": "Creates and populates the database with dummy data"}
    found = inferred({"/begin": {"get": told}, "/tables": {"get": operation() | {"summary": "Lists all tables"}}})
    assert found.excluded == ("GET /begin",)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/createdb", True),
        ("POST", "/admin/reset", True),
        ("GET", "/db/reset-all", True),
        ("DELETE", "/notes", True),
        ("DELETE", "/me", False),
        ("POST", "/auth/sign-out", False),
        ("DELETE", "/users/{user_id}", False),
    ],
)
def test_what_may_end_what_everybody_has_is_never_called(method: str, path: str, expected: bool) -> None:
    """A reset of everything is excluded: not public, not for another role; what ends one user is not."""
    names = [part.strip("{}") for part in path.split("/") if "{" in part]
    one = {"parameters": variables(*names), method.lower(): operation() | {"security": []}}
    found = inferred({path: one})
    name = f"{method} {path}"
    assert (name in found.excluded) is expected
    assert not (expected and name in {*found.public, *found.users.privileged, *found.destructive})
