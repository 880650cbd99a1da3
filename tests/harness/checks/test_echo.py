"""When an answer repeats a credential, and when it only holds what may stand there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.checks._watching import Problem
from harness.checks.exposure._echo import repeated
from harness.checks.exposure.credential_in_error import judge
from harness.model import Severity
from tests.harness.checks.bench import JSON, exchange, lab, seen

if TYPE_CHECKING:
    from harness.model import Headers

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
LAB = lab(users={"credential": {"header": "X-Auth"}})
LAB.session.introductions.credentials |= {TOKEN, "alice-0a1b2c-1"}


@pytest.mark.parametrize(
    ("body", "headers", "place"),
    [
        ({"detail": f"cannot verify Bearer {TOKEN}."}, JSON, "body"),
        (f"Authorization: Bearer {TOKEN}\r\nHost: here".encode(), JSON, "body"),
        ({"detail": "expired"}, (("WWW-Authenticate", f'Bearer error_description="{TOKEN} is old"'),), "header"),
        ({"detail": "expired"}, (("Set-Cookie", f"session={TOKEN}"), ("Access-Token", TOKEN), ("X-Auth", TOKEN)), None),
        ({"detail": f"not {TOKEN[:-1]}"}, JSON, None),
        ({"detail": "alice-0a1b2c-1 may not"}, JSON, None),
    ],
)
def test_a_credential_is_known_as_a_whole_word(body: object, headers: Headers, place: str | None) -> None:
    """Headers that are made for credentials may hold one, parts of one are none, and a name is no secret."""
    found = repeated(LAB, exchange(401, body, headers, subject="alice-0a1b2c-1"))
    assert (found or "").partition(" ")[0] == (place or "")


def test_what_the_request_says_itself_may_come_back() -> None:
    """An error may quote the path or a field that holds a credential."""
    assert repeated(LAB, exchange(404, {"detail": TOKEN}, target=f"/things/{TOKEN}")) is None
    assert repeated(LAB, exchange(422, {"input": TOKEN}, sent=TOKEN.encode())) is None


def test_bodies_of_successes_may_hold_a_credential_and_their_headers_may_not() -> None:
    """A log-in answers with one; and an answer to nobody says nothing of what would be repeated."""
    told = {"detail": TOKEN}
    assert judge(LAB, seen(200, told)) is False
    assert isinstance(judge(LAB, seen(200, {}, (("X-Debug", f"as Bearer {TOKEN}"),))), Problem)
    assert judge(LAB, seen(401, told, user="anonymous")) is False
    assert judge(LAB, seen(401, {})) is True


def test_a_refused_credential_weighs_less() -> None:
    """A live one that is repeated is worth more to whoever reads it."""
    live = seen(404, {"detail": TOKEN})
    refused = replace(live, exchange=replace(live.exchange, forged="expired"))
    problems = [judge(LAB, live), judge(LAB, refused)]
    assert [each.severity for each in problems if isinstance(each, Problem)] == [None, Severity.LOW]
