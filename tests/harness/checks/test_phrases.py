"""Searches that read quotes: for phrases, as many do, or because SQL does and its errors are hidden."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness import engine
from harness.evidence.redact import Redactor
from harness.model import Outcome
from harness.scenario import parse_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from tests.targets.common.running import Stage

TOML = """
name = "phrases"

[target]
document = ""

[users.tokens]
alice = "env:ALICE"
bob = "env:BOB"

[[resource]]
name = "note"
create = { operation = "POST /notes", json = { text = "{marker}" }, id = "/id" }
list = { operation = "GET /notes", items = "", id = "/id" }
search = { operation = "GET /notes/search", query = { q = "{query}" }, items = "", id = "/id" }
"""


QUOTED = r"""(["'])(.*?)\1"""


def phrases(rows: sqlite3.Connection, owner: str, text: str) -> list[tuple[int, str]]:
    """Find each word and each quoted phrase of a text, bound to the statement."""
    quoted = [found[2] for found in re.finditer(QUOTED, text)]
    wanted = [one for one in (*quoted, *re.sub(QUOTED, " ", text).split()) if one]
    found = rows.execute("SELECT id, text FROM notes WHERE owner = ?", (owner,)).fetchall()
    return [(key, held) for key, held in found if all(one in held for one in wanted)]


def pasted(rows: sqlite3.Connection, owner: str, text: str) -> list[tuple[int, str]]:
    """Paste the text into the statement, and hide what the database says of it."""
    try:
        return rows.execute(f"SELECT id, text FROM notes WHERE owner = '{owner}' AND text LIKE '%{text}%'").fetchall()
    except sqlite3.Error:
        return []


class Notes:
    """Notes of the bearers of two tokens, found by a search."""

    def __init__(self, find: Callable[[sqlite3.Connection, str, str], list[tuple[int, str]]]) -> None:
        self.find = find
        self.rows = sqlite3.connect(":memory:", check_same_thread=False)
        self.rows.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, owner TEXT, text TEXT)")

    async def answer(self, request: Request) -> Response:
        """Create, list or search."""
        owner = request.headers.get("authorization", "").removeprefix("Bearer ")
        if owner not in {"token-of-alice", "token-of-bob"}:
            return JSONResponse({"error": "who?"}, 401)
        if request.method == "POST":
            text = json.loads(await request.body())["text"]
            made = self.rows.execute("INSERT INTO notes (owner, text) VALUES (?, ?)", (owner, text))
            return JSONResponse({"id": made.lastrowid, "text": text})
        if request.url.path == "/notes":
            found = self.rows.execute("SELECT id, text FROM notes WHERE owner = ?", (owner,)).fetchall()
        else:
            found = self.find(self.rows, owner, request.query_params.get("q", ""))
        return JSONResponse([{"id": key, "text": text} for key, text in found])

    def application(self) -> Starlette:
        """Serve it."""
        methods = ["GET", "POST"]
        return Starlette(routes=[Route(path, self.answer, methods=methods) for path in ("/notes", "/notes/search")])


@pytest.mark.parametrize(("find", "outcome"), [(phrases, Outcome.PASSED), (pasted, Outcome.FAILED)])
async def test_quotes_of_phrases_are_no_sql(
    theatre: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    find: Callable[[sqlite3.Connection, str, str], list[tuple[int, str]]],
    outcome: Outcome,
) -> None:
    """One quote hides what two show where phrases are read; only SQL evaluates what stands behind it."""
    monkeypatch.setenv("ALICE", "token-of-alice")
    monkeypatch.setenv("BOB", "token-of-bob")
    run = await engine.verify(
        engine.Options(
            url=theatre.show(Notes(find).application()),
            scenario=parse_scenario(TOML, where="phrases.toml"),
            scenario_text=TOML,
            folder=tmp_path,
            redactor=Redactor(),
            run_id="test",
            seed=1,
            only=("injection/sql_search",),
        )
    )
    result = next(each for each in run.results if each.check.id == "injection/sql_search")
    assert result.outcome is outcome, [seen.sentence for seen in result.observations]
    said = {seen.subject: seen.sentence for seen in result.observations}
    assert ("as a search for phrases does" in said["GET /notes/search: quotes"]) == (find is phrases)
