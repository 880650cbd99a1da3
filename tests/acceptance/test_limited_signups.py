"""A service that lets only a few sign up: the checks share these users, find what there is to find, and say so."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from anyio.from_thread import start_blocking_portal

from harness.calibrate.middle import Asked, Middle, standing
from harness.model import Response
from tests.acceptance.running import REPOSITORY, bundle, harness, readable, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEW = 4
ACCOUNTS = str(REPOSITORY / "scenarios" / "accounts.toml")
ONLY = ("--only", "isolation", "--only", "integrity", "--only", "authorization")
BODY = b'{"error": {"code": "limited", "message": "too many sign-ups"}}'


class Doorman(Middle):
    """Stands before a service and lets `FEW` sign up."""

    def __init__(self) -> None:
        self.asked = 0

    async def ask(self, asked: Asked) -> Asked | Response | None:
        """Answer whoever comes too late."""
        if (asked.method, asked.target) != ("POST", "/signup"):
            return asked
        self.asked += 1
        headers = (("Content-Type", "application/json"), ("Retry-After", "600"))
        return asked if self.asked <= FEW else Response(status=429, headers=headers, body=BODY)


@contextlib.contextmanager
def guarded(folder: Path, flaws: str = "") -> Iterator[str]:
    """Yield the URL of a doorman before the test target `accounts`."""
    with (
        served("accounts", folder, flaws=flaws) as url,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(standing(url, Doorman())) as front,
    ):
        yield front


def outcomes(folder: Path) -> dict[str, str]:
    """Return the outcome of each check of the one run in a folder."""
    document = json.loads((bundle(folder) / "verdict.json").read_text(encoding="utf-8"))
    return {str(each["id"]): str(each["outcome"]) for each in document["checks"]}


def test_checks_share_the_users_that_there_are_and_raise_no_alarm(tmp_path: Path) -> None:
    """Most pass with shared users; what needs users of its own is inconclusive, and the report says why."""
    with guarded(tmp_path) as url:
        ended = harness("verify", url, "-s", ACCOUNTS, *ONLY, folder=tmp_path)
    assert ended.code == 10, ended.shown
    readable(tmp_path)
    found = outcomes(tmp_path)
    passed = {check for check, outcome in found.items() if outcome == "passed"}
    unsettled = {check for check, outcome in found.items() if outcome in {"failed", "error", "inconclusive"}}
    assert {"isolation/read_foreign_object", "isolation/list_foreign_objects"} <= passed
    roles = {"authorization/role_assignment", "authorization/role_granting"}
    alone = {"isolation/influence", "isolation/singletons", "isolation/foreign_account", "isolation/next_page"}
    alone |= {"integrity/totals"}
    assert unsettled == roles | alone
    assert "limits sign-ups (429)" in (bundle(tmp_path) / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("flaw", ["item-list-leak", "item-delete-foreign"])
def test_a_leak_is_found_with_shared_users(tmp_path: Path, flaw: str) -> None:
    """A finding needs two users, not new ones."""
    with guarded(tmp_path, flaw) as url:
        ended = harness("verify", url, "-s", ACCOUNTS, *ONLY, folder=tmp_path)
    assert ended.code == 1, ended.shown
