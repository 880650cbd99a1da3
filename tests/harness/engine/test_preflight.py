"""Before any check: what is wrong with the target or the users is said in one sentence, and nothing passes then."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING

import jwt
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from harness import engine
from harness.engine import preflight
from harness.errors import ConfigurationError
from harness.expect import passed
from harness.model import Decision, Needs, Outcome, Run
from tests.harness.bench import options, probe
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from starlette.requests import Request

    from harness.lab import Lab
    from harness.model import Observation
    from tests.harness.notebook import Notebook

BASE, _, REST = TOML.partition("[users.minted]")
TOKENS = BASE + "[users.tokens]\n{users}\n[users]" + REST.partition("[users]")[2]


async def fine(_lab: Lab) -> AsyncIterator[Observation]:
    """Pass."""
    yield passed("thing", "it is fine")


@pytest.fixture(autouse=True)
def one_check(only_these: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one check, and little patience."""
    only_these(probe("family/fine", fine, needs=Needs(users=0)))
    monkeypatch.setattr(preflight.wait_until_ready, "__kwdefaults__", {"within": 0.4})


async def given(url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch, **tokens: str) -> Run:
    """Run with these tokens instead of minted ones."""
    for name, token in tokens.items():
        monkeypatch.setenv(f"TOKEN_{name}", token)
    users = "\n".join(f'{name} = "env:TOKEN_{name}"' for name in tokens)
    return await engine.verify(options(url, notebook, text=TOKENS.replace("{users}", users)))


def told(run: Run) -> list[tuple[Outcome, str]]:
    """Return what was found before the checks, good news left out."""
    (result,) = [each for each in run.results if each.check.id == "preflight/users"]
    return [(each.outcome, each.sentence) for each in result.observations if each.outcome is not Outcome.PASSED]


def held(run: Run) -> str:
    """Assert that the run holds, that its check did not run, and return the first reason."""
    assert run.verdict.decision is Decision.HOLD
    (check,) = [each for each in run.results if each.check.id == "family/fine"]
    assert [each.reason for each in check.observations] == ["not-run"]
    return run.verdict.reasons[0]


async def test_two_users_who_are_accepted_and_strangers_who_are_not(url: str, notebook: Notebook) -> None:
    """A sound target passes on its users, and the check runs."""
    run = await engine.verify(options(url, notebook))
    assert told(run) == []
    assert {result.check.id: result.outcome for result in run.results} == {
        "family/fine": Outcome.PASSED,
        "preflight/users": Outcome.PASSED,
    }


async def test_one_user_alone_is_not_enough(url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Isolation needs two; the sentence says how to give the second."""
    run = await given(url, notebook, monkeypatch, alice=notebook.token("a"))
    assert "only alice is given; isolation needs two users: pass a second --user NAME=env:VAR" in held(run)


async def test_no_user_at_all(url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to compare with nothing."""
    run = await given(url, notebook, monkeypatch)
    assert "no users are given; describe them under [users]" in held(run)


async def test_two_tokens_of_one_user(url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same token twice, or two tokens of one subject: neither is two users."""
    token = notebook.token("a")
    assert "alice and bob carry the same credential" in held(
        await given(url, notebook, monkeypatch, alice=token, bob=token)
    )
    other = notebook.token("a", iat=1)
    said = held(await given(url, notebook, monkeypatch, alice=token, bob=other))
    assert "both tokens name the subject 'a'; give tokens of two users" in said
    other = notebook.token("a", more=1)
    said = held(await given(url, notebook, monkeypatch, alice=token, bob=other))
    assert "GET /me says that both are 'a'; give two users" in said


async def test_a_subject_that_all_tokens_share_leaves_it_to_the_target(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the user stands in another claim, who-am-I tells two users apart."""

    def instead(request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.url.path != "/me" or token.count(".") != 2:
            return None
        return JSONResponse({"id": jwt.decode(token, notebook.secret, algorithms=["HS256"])["name"]})

    notebook.instead = instead
    tokens = {name: notebook.token("access", name=name) for name in ("alice", "bob")}
    run = await given(url, notebook, monkeypatch, **tokens)
    assert told(run) == []


async def test_opaque_tokens_are_told_apart_by_the_target(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a token tells nothing, the who-am-I does; one answer for both is one user."""
    names = {"one-opaque": "x", "two-opaque": "x", "three-opaque": "y"}

    def instead(request: Request) -> Response | None:
        name = names.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return JSONResponse({"id": name}) if name and request.url.path == "/me" else None

    notebook.instead = instead
    assert "GET /me says that both are 'x'; give two users" in held(
        await given(url, notebook, monkeypatch, alice="one-opaque", bob="two-opaque")
    )
    run = await given(url, notebook, monkeypatch, alice="one-opaque", bob="three-opaque")
    assert told(run) == []


async def test_an_expired_token_is_named_with_its_user(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob is refused: the sentence says that his token may have expired."""
    run = await given(
        url, notebook, monkeypatch, alice=notebook.token("a"), bob=notebook.token("b", exp=int(time.time()) - 60)
    )
    assert "bob is refused: GET /me answered 401; check that the token is valid and not expired" in held(run)


@pytest.mark.parametrize("body", [b"{}", b"null", b"", b"<html>"])
async def test_a_target_that_says_yes_to_everything_and_nothing_more_is_hollow(
    url: str, notebook: Notebook, body: bytes
) -> None:
    """200 with nothing of what the scenario says in it, document included, holds."""
    notebook.instead = lambda _request: Response(body, media_type="application/json")
    assert "expected" in held(await engine.verify(options(url, notebook)))
    sound = {"/ready", "/openapi.json"}
    notebook.instead = lambda request: None if request.url.path in sound else Response(body)
    run = await engine.verify(options(url, notebook))
    assert ("nothing of what the scenario says" in str(told(run))) or (Outcome.FAILED, _open(200)) in told(run)
    assert run.verdict.decision is not Decision.GO


def _open(status: int) -> str:
    return f"GET /me accepts no credential ({status})"


async def test_an_open_target_is_a_finding_and_the_run_goes_on(url: str, notebook: Notebook) -> None:
    """Strangers who are let in are no reason to stop: the checks say what else is wrong."""

    def instead(request: Request) -> Response | None:
        known = request.headers.get("authorization", "").startswith("Bearer ey")
        return JSONResponse({"id": "anybody"}) if request.url.path == "/me" and not known else None

    notebook.instead = instead
    run = await engine.verify(options(url, notebook))
    assert (Outcome.FAILED, _open(200)) in told(run)
    assert run.verdict.decision is Decision.NO_GO
    assert next(each.outcome for each in run.results if each.check.id == "family/fine") is Outcome.PASSED


async def test_a_garbage_token_that_is_accepted_is_a_finding(url: str, notebook: Notebook) -> None:
    """Whoever sends anything at all is let in."""

    def instead(request: Request) -> Response | None:
        if request.url.path != "/me" or preflight.GARBAGE not in request.headers.get("authorization", ""):
            return None
        return JSONResponse({"id": "garbage"})

    notebook.instead = instead
    run = await engine.verify(options(url, notebook))
    assert told(run) == [(Outcome.FAILED, "GET /me accepts a garbage credential (200)")]


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        (
            "/ready",
            JSONResponse({"database": "down"}, 503),
            'answers 503, expected 2xx; make the service ready first: {"',
        ),
        ("/openapi.json", PlainTextResponse("no", 404), "/openapi.json answered 404, expected an OpenAPI document"),
        ("/openapi.json", JSONResponse([1]), "/openapi.json"),
        ("/me", PlainTextResponse("oops", 500), "alice is refused: GET /me answered 500"),
    ],
)
async def test_what_does_not_answer_as_it_should_is_said(
    url: str, notebook: Notebook, path: str, answer: Response, said: str
) -> None:
    """Not ready, no document, or an error: the run holds with what came back."""
    notebook.instead = lambda request: answer if request.url.path == path else None
    assert said in held(await engine.verify(options(url, notebook)))


async def test_nothing_that_listens_is_said_at_once(notebook: Notebook) -> None:
    """The URL, and what to do."""
    run = await engine.verify(options("http://127.0.0.1:9", notebook))
    reason = held(run)
    assert "nothing usable answers at http://127.0.0.1:9/ready (refused" in reason
    assert "start the service or correct the URL" in reason
    assert len(run.exchanges) == 1


async def test_readiness_is_waited_for(url: str, notebook: Notebook) -> None:
    """A target that becomes ready in time is verified, and its readiness over time is kept."""
    answers = [503, 503]
    notebook.instead = lambda request: (
        Response(status_code=answers.pop()) if request.url.path == "/ready" and answers else None
    )
    run = await engine.verify(options(url, notebook))
    assert [each["status"] for each in run.facts["readiness"]][-1] == 200
    assert told(run) == []


async def test_a_base_path_that_the_scenario_does_not_know_is_said(url: str, notebook: Notebook) -> None:
    """A request outside of the base path never leaves, and the run says which."""
    run = await engine.verify(options(url + "/v9", notebook))
    assert "outside the base path /v9; not sent" in held(run)
    assert notebook.asked == []


async def test_documents_in_files_are_mistakes_of_the_user(url: str, notebook: Notebook, tmp_path: Path) -> None:
    """A file that is missing or no document is an error with its path; a good one is read without asking the target."""
    text = TOML.replace("[target]", '[target]\ndocument = "api.json"')
    known = options(url, notebook, text=text, folder=tmp_path)
    with pytest.raises(ConfigurationError, match=r"target\.document: cannot read .*api\.json \(No such file"):
        await engine.verify(known)
    (tmp_path / "api.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"api\.json"):
        await engine.verify(known)
    (tmp_path / "api.json").write_text(json.dumps(notebook.document), encoding="utf-8")
    run = await engine.verify(known)
    assert told(run) == []
    assert "GET /openapi.json" not in notebook.asked


async def test_given_users_tell_their_quota(url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they have left is learned from the first answer, and kept in the facts of the run."""

    def instead(request: Request) -> Response | None:
        if request.url.path != "/me" or "Bearer ey" not in request.headers.get("authorization", ""):
            return None
        body = request.headers["authorization"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        return JSONResponse({"id": claims["sub"]}, headers={"X-RateLimit-Remaining": "99"})

    notebook.instead = instead
    run = await given(url, notebook, monkeypatch, alice=notebook.token("a"), bob=notebook.token("b"))
    assert run.facts["quota"] == {"alice": 99, "bob": 99}
