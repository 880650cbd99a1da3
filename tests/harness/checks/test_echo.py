"""When an answer repeats a credential, and when it only holds what may stand there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.checks._watching import Problem
from harness.checks.exposure._echo import repeated
from harness.checks.exposure.credential_in_error import judge
from harness.model import Severity
from tests.harness.checks.bench import JSON, exchange, seen

if TYPE_CHECKING:
    from harness.model import Headers

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
KNOWN = {TOKEN, "alice-0a1b2c-1"}


@pytest.mark.parametrize(
    ("body", "headers", "place"),
    [
        ({"detail": f"cannot verify Bearer {TOKEN}."}, JSON, "body"),
        (f"Authorization: Bearer {TOKEN}\r\nHost: here".encode(), JSON, "body"),
        ({"detail": "expired"}, (("WWW-Authenticate", f'Bearer error_description="{TOKEN} is old"'),), "header"),
        ({"detail": "expired"}, (("Set-Cookie", f"session={TOKEN}"), ("Access-Token", TOKEN)), None),
        ({"detail": f"not {TOKEN[:-1]}"}, JSON, None),
        ({"detail": "alice-0a1b2c-1 may not"}, JSON, None),
    ],
)
def test_a_credential_is_known_as_a_whole_word(body: object, headers: Headers, place: str | None) -> None:
    """Headers that are made for credentials may hold one, parts of one are none, and a name is no secret."""
    found = repeated(exchange(401, body, headers, subject="alice-0a1b2c-1"), KNOWN)
    assert (found or "").partition(" ")[0] == (place or "")


def test_what_the_request_says_itself_may_come_back() -> None:
    """An error may quote the path or a field that holds a credential."""
    assert repeated(exchange(404, {"detail": TOKEN}, target=f"/things/{TOKEN}"), KNOWN) is None
    assert repeated(exchange(422, {"input": TOKEN}, sent=TOKEN.encode()), KNOWN) is None


def test_only_errors_to_somebody_are_judged() -> None:
    """A log-in answers with a credential; and what nobody was asked for says nothing of what would be repeated."""
    told = {"detail": TOKEN}
    assert judge(seen(200, told), KNOWN) is False
    assert judge(seen(401, told, user="anonymous"), KNOWN) is False
    assert judge(seen(401, {}), KNOWN) is True
    live = seen(404, told)
    refused = replace(live, exchange=replace(live.exchange, forged="expired"))
    problems = [judge(live, KNOWN), judge(refused, KNOWN)]
    assert [each.severity for each in problems if isinstance(each, Problem)] == [None, Severity.LOW]
