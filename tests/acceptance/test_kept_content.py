"""Contents that a service alters in silence are found; those that it alters by saying so, or must alter, are not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
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

CHECK = "integrity/kept_content"
SCENARIO = """
name = "pages"

[target]
document = ""

[users.tokens]
alice = "env:ALICE"

[[resource]]
name = "page"
read = { operation = "GET /pages/{id}" }
update = [{ operation = "PATCH /pages/{id}", json = { page = { title = "{marker}" } } }]

[resource.create]
operation = "POST /pages"
json = { page = { title = "{marker}", tone = "Loud", pin = "1234", size = 2 } }
id = "/page/id"
"""


@dataclass
class Pages(JsonApplication):
    """Pages in a wrapper, with a slug that follows the title, a counter, and a pin that is never shown."""

    way: str = "sound"
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, request: Request, body: Any) -> Response:
        """Answer one request about pages."""
        key = request.url.path.removeprefix("/pages").strip("/") or secrets.token_hex(6)
        if request.method == "POST":
            self.pages[key] = {**body["page"], "id": key, "slug": body["page"]["title"][:8], "version": 1}
        page = self.pages.get(key)
        if page is None:
            return JSONResponse({"error": "no such page"}, 404)
        if request.method == "PATCH":
            title = body["page"]["title"]
            page.update(title=title, slug=title[:8], version=page["version"] + 1)
            altered: dict[str, dict[str, Any]] = {"resets": {"size": 0}, "lowers later": {"tone": "loud"}}
            page.update(altered.get(self.way, {}))
        return self._shown(page, said=request.method == "POST")

    def _shown(self, page: dict[str, Any], *, said: bool) -> Response:
        shown = {name: value for name, value in page.items() if name != "pin"}
        if self.way == "lowers and says so" or (self.way == "lowers" and not said):
            shown["tone"] = shown["tone"].lower()
        return JSONResponse({"page": shown}, 201 if said else 200)


WAYS = {
    "sound": {"passed": 2},
    "lowers and says so": {"passed": 2},
    "lowers": {"failed": 1, "passed": 1},
    "resets": {"failed": 1, "passed": 1},
    "lowers later": {"failed": 1, "passed": 1},
}


@pytest.mark.parametrize(("way", "expected"), WAYS.items(), ids=list(WAYS))
def test_contents(
    theatre: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, expected: dict[str, int]
) -> None:
    """What follows from a change, is counted, or is never shown, is no loss."""
    monkeypatch.setenv("ALICE", "token-of-alice")
    (tmp_path / "pages.toml").write_text(SCENARIO)
    url = theatre.show(Pages(way=way))
    ended = harness("verify", url, "--scenario", "pages.toml", "--only", CHECK, "--seed", "1", folder=tmp_path)
    told = next(each for each in readable(tmp_path)["checks"] if each["id"] == CHECK)
    assert {outcome: number for outcome, number in told["observations"].items() if number} == expected, ended.shown
