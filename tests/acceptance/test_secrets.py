"""Planted secrets turn up nowhere: not on the terminal, in no byte of the bundle, on no command line."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from tests.acceptance.leaky import SCENARIO, tempting
from tests.acceptance.running import start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

    from tests.acceptance.running import Ended
    from tests.targets.common.running import Stage

SIGN_UP = """
name = "sessions"
[target]
ready = "GET /ready"
environment = "test"
[users.credential]
cookie = "sid"
[users.signup]
operation = "POST /join"
headers = { X-Admin-Key = "env:ADMIN_KEY" }
json = { name = "{username}", word = "{password}" }
[users.login]
operation = "POST /in"
json = { name = "{username}", word = "{password}" }
credential = "cookie:sid"
[users]
whoami = { operation = "GET /me" }
[[resource]]
name = "thing"
create = { operation = "POST /things", json = { text = "{marker}" } }
read = { operation = "GET /things/{thing}" }
list = { operation = "GET /things", items = "/items" }
"""
ALIGNMENTS = 3


def forms(secret: str) -> Iterator[bytes]:
    """Walk what a secret may look like: as it is, in base64 at each alignment, in hexadecimal, in a URL."""
    raw = secret.encode()
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), quote(secret, safe="").encode())
    for shift in range(ALIGNMENTS):
        first = (ALIGNMENTS - shift) % ALIGNMENTS
        whole = raw[first : first + (len(raw) - first) // 3 * 3]
        yield base64.b64encode(whole)
        yield base64.urlsafe_b64encode(whole)


def shown_in(folder: Path, ended: Ended, planted: set[str]) -> list[tuple[str, str]]:
    """Return where a planted secret shows, and which."""
    places = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    places |= {"standard output": ended.out.encode(), "standard error": ended.err.encode()}
    places |= {f"command line {line[:60]}": line.encode() for line in ended.lines}
    return [
        (place, secret)
        for secret in planted
        for form in set(forms(secret))
        for place, content in places.items()
        if form in content
    ]


def test_signing_secrets_and_tokens_stay_inside(theatre: Stage, tmp_path: Path) -> None:
    """With every phase that has a process of its own, and a target that shows a token back in an error."""
    notebook = tempting("http://127.0.0.1:9")
    tempt, told = notebook.instead, list[str]()

    def instead(request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        unknown = request.url.path.startswith("/things/") and request.url.path.split("/")[2] not in notebook.things
        if unknown and token.count(".") == 2:
            told.append(token)
            encoded = base64.b64encode(b"x" * (len(told) % 3) + token.encode()).decode()
            return JSONResponse({"error": f"for {token} and {encoded}", "hex": token.encode().hex()}, 404)
        return tempt(request)

    notebook.instead = instead
    (tmp_path / "s.toml").write_text(SCENARIO, encoding="utf-8")
    chosen = ("isolation/read_foreign_object", "tokens", "contract/fuzz", "load/tail_latency")
    only = [word for name in chosen for word in ("--only", name)]
    running = start(
        *("verify", theatre.show(notebook), "-s", "s.toml", *only),
        folder=tmp_path,
        NOTEBOOK_SECRET=notebook.secret,
    )
    ended = running.end()
    assert ended.code in {1, 10}, ended.shown
    assert any("schemathesis" in line for line in ended.lines)
    assert any("load" in line for line in ended.lines)
    real = {token for token in notebook.tokens if token.count(".") == 2 and len(token) > 60}
    assert len(real) > 5
    assert told
    assert shown_in(tmp_path, ended, {notebook.secret, *real}) == []


def test_passwords_cookies_and_keys_stay_inside(theatre: Stage, tmp_path: Path) -> None:
    """What users are made with, and what the target hands them, is neither printed nor written."""
    notebook = tempting("http://127.0.0.1:9")
    key, planted, sessions = secrets.token_urlsafe(24), set[str](), dict[str, str]()

    def instead(request: Request) -> Response | None:
        if request.url.path in {"/join", "/in"}:
            given = _given(request)
            planted.add(str(given["word"]))
            session = sessions.setdefault(str(given["name"]), secrets.token_urlsafe(24))
            planted.add(session)
            shown = {"session": session, "word": given["word"], "key": request.headers.get("x-admin-key")}
            answer = JSONResponse(shown)
            answer.set_cookie("sid", session)
            return answer
        name = next((name for name, value in sessions.items() if value == request.cookies.get("sid")), None)
        if name is None:
            return None
        return JSONResponse({"id": name, "items": [], "cookie": request.headers["cookie"]})

    notebook.instead = instead
    (tmp_path / "s.toml").write_text(SIGN_UP, encoding="utf-8")
    running = start(
        "verify", theatre.show(notebook), "-s", "s.toml", "--only", "isolation", folder=tmp_path, ADMIN_KEY=key
    )
    ended = running.end()
    assert ended.code in {1, 10}, ended.shown
    assert len(planted) >= 4
    assert shown_in(tmp_path, ended, {key, *planted}) == []


def _given(request: Request) -> dict[str, str]:
    found: dict[str, str] = json.loads(request._body)  # what the notebook has read already
    return found
