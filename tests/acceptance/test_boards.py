"""A service like those of Django REST framework, from its URL alone: read as it is, and no false alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.boards import Boards
from tests.acceptance.running import harness, readable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.targets.common.running import Stage

HOLD = 10
FAMILIES = (
    "isolation",
    "oracle",
    "sessions",
    "contract",
    "authentication",
    "authorization",
    "integrity",
    "enumeration",
)


def test_a_url_is_enough(theatre: Stage, tmp_path: Path) -> None:
    """Who logs in is given the one token there is for each user, cards are put into own boards, errors name fields."""
    asked = [part for family in FAMILIES for part in ("--only", family)]
    url = theatre.show(Boards())
    ended = harness("verify", url, *asked, "--skip", "contract/fuzz", "--seed", "1", folder=tmp_path)
    checks = {each["id"]: each["outcome"] for each in readable(tmp_path)["checks"]}
    failed = {name for name, outcome in checks.items() if outcome == "failed"}
    assert failed == {"contract/status"}, ended.shown  # low, and true: no error is in the document
    assert ended.code == HOLD, ended.shown
    assert {
        "isolation/read_foreign_object",
        "isolation/list_foreign_objects",
        "isolation/update_foreign_object",
        "isolation/delete_foreign_object",
        "isolation/same_content",
        "oracle/conflict",
        "oracle/status_and_body",
        "sessions/guessable",
        "sessions/password_change",
        "contract/internal_field",
        "contract/schema",
    } <= {name for name, outcome in checks.items() if outcome == "passed"}, ended.shown
