"""A service that numbers the objects of each user: the identifier of one is that of another user's own, too."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import DOCUMENT, THING, TOML, Notebook

if TYPE_CHECKING:
    from tests.targets.common.running import Stage

THINGS = TOML.partition('[[resource]]\nname = "part"')[0]
FAMILIES = ("isolation", "oracle", "authorization", "authentication", "integrity")


@dataclass(kw_only=True)
class Numbered(Notebook):
    """The things of a user are 1, 2, 3, ...; `leaks` is what shows somebody else's: "list", "read" or nothing."""

    leaks: str = ""
    texts: dict[str, dict[int, str]] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        paths: Any = DOCUMENT["paths"]
        self.document = {**DOCUMENT, "paths": {path: item for path, item in paths.items() if "parts" not in path}}

    def _private(self, method: str, path: str, user: str, offset: str, body: bytes) -> Response:
        mine = self.texts.setdefault(user, {})
        if path == "/things" and method == "POST":
            return self._create(user, body, parent="")
        if path == "/things":
            shown = [{"id": key, "text": text} for key, text in mine.items()]
            for other in self.texts.values() if self.leaks == "list" else ():
                shown += [{"id": key, "text": text} for key, text in other.items() if other is not mine]
            first = int(offset) if offset.isdigit() else 0
            return JSONResponse({"items": shown[first : first + 50], "total": len(shown)})
        found = THING.match(path)
        key = int(found["thing"]) if found and found["thing"].isdecimal() else 0
        others = [other[key] for other in self.texts.values() if key in other and other is not mine]
        if self.leaks == "read" and method == "GET" and others:
            return JSONResponse({"id": key, "text": others[-1]})
        if key not in mine:
            return JSONResponse({"error": "not found"}, 404)
        if method == "DELETE":
            del mine[key]
            return Response(status_code=204)
        return JSONResponse({"id": key, "text": mine[key]})

    def _create(self, user: str, body: bytes, *, parent: str) -> Response:
        made = super()._create(user, body, parent=parent)
        if made.status_code != 201:
            return made
        number = self.last[user] = self.last.get(user, 0) + 1
        self.texts[user][number] = json.loads(bytes(made.body))["text"]
        return JSONResponse({"id": number, "text": self.texts[user][number]}, 201)


@pytest.mark.parametrize(
    ("leaks", "expected"),
    [("", set()), ("list", {"foreign_marker", "list_foreign_objects"}), ("read", {"foreign_marker"})],
)
async def test_a_number_alone_is_nobodys(theatre: Stage, leaks: str, expected: set[str]) -> None:
    """No check takes one user's number 1 for another's, and each still sees what is another's indeed."""
    notebook = Numbered(leaks=leaks)
    run = await engine.verify(options(theatre.show(notebook), notebook, text=THINGS, only=FAMILIES))
    failed = {each.check.id for each in run.results if each.outcome is Outcome.FAILED}
    passed = {each.check.id for each in run.results if each.outcome is Outcome.PASSED}
    assert {f"isolation/{name}" for name in expected} <= failed
    if not leaks:
        assert failed == set()
        assert {"isolation/read_foreign_object", "isolation/list_foreign_objects", "isolation/same_content"} <= passed
