"""Sessions in a cookie with a proof beside it that a request is no other site's (CSRF), as Django has them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.checks.authentication.missing_credential import missing_credential
from harness.checks.isolation.delete_foreign_object import delete_foreign_object
from harness.identities.double_submit import given_proof, proof_of
from harness.model import Exchange, Identity, Outcome, Request
from harness.model import Response as Answer
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request as Asked

    from tests.targets.common.running import Stage

SAFE = ("GET", "HEAD", "OPTIONS")
RESOURCES = TOML[TOML.index("[users]\nwhoami") : TOML.index('[[resource]]\nname = "part"')]
SITE = (
    'name = "site"\n[target]\nready = "GET /ready"\nenvironment = "test"\n[users.credential]\ncookie = "sid"\n'
    '[users.signup]\noperation = "POST /join"\ncredential = "cookie:*"\n' + RESOURCES
)


@dataclass(kw_only=True)
class Site(Notebook):
    """Wants the cookie again in a header wherever something is written; with `lets_in`, that is all it wants."""

    lets_in: bool = False
    sessions: dict[str, str] = field(default_factory=dict)

    def _answer(self, request: Asked, body: bytes) -> Response:
        if request.url.path == "/join":
            session, proof = secrets.token_hex(16), secrets.token_hex(16)
            self.sessions[session] = f"user-{len(self.sessions)}"
            answer = JSONResponse({"welcome": True}, 201)
            answer.set_cookie("csrftoken", proof)
            answer.set_cookie("sid", session, httponly=True, samesite="lax")
            return answer
        sent = request.cookies.get("csrftoken")
        if request.method not in SAFE and (not sent or request.headers.get("x-csrftoken") != sent):
            return JSONResponse({"detail": "CSRF token missing or incorrect."}, 403)
        return super()._answer(request, body)

    def name_of(self, request: Asked) -> str | None:
        """Return the user of a request."""
        user = self.sessions.get(request.cookies.get("sid", ""))
        return next(iter(self.sessions.values())) if user is None and self.lets_in else user


@pytest.mark.parametrize(("lets_in", "outcome"), [(False, Outcome.PASSED), (True, Outcome.FAILED)])
async def test_the_proof_is_sent_with_and_without_a_session(
    theatre: Stage, only_these: Callable[..., None], *, lets_in: bool, outcome: Outcome
) -> None:
    """Users can write; whoever has no session is refused for that, and not for want of the proof."""
    site = Site(lets_in=lets_in)
    only_these(missing_credential, delete_foreign_object)
    run = await engine.verify(options(theatre.show(site), site, text=SITE))
    results = {each.check.id: each for each in run.results}
    assert results[delete_foreign_object.id].outcome is Outcome.PASSED
    found = results[missing_credential.id]
    assert found.outcome is outcome, [each.sentence for each in found.observations]
    writes = [each for each in found.observations if (each.operation or "").startswith("POST /things")]
    assert {each.outcome for each in writes} == {outcome}


@pytest.mark.parametrize(
    ("cookies", "body", "proof", "names"),
    [
        (("XSRF-TOKEN=a%3D%3D; Path=/", "sid=s"), b"{}", "a==", ("XSRF-TOKEN",)),
        (("csrf_refresh_token=r", "csrf_access_token=a"), b"{}", "a", ("csrf_refresh_token", "csrf_access_token")),
        (("sid=s",), b'{"csrfToken": "told"}', "told", ()),
        (("csrftoken=; Max-Age=0", "sid=s"), b"{}", None, ()),
    ],
)
def test_where_a_proof_is_given_out(
    cookies: tuple[str, ...], body: bytes, proof: str | None, names: tuple[str, ...]
) -> None:
    """In a cookie, decoded, that of the session itself first; or in the answer. An empty one takes it back."""
    response = Answer(status=200, headers=tuple(("Set-Cookie", each) for each in cookies), body=body)
    asked = Request(method="POST", target="/in")
    headers, beside = given_proof(Exchange(id="x1", user="a", request=asked, response=response))
    assert {value for _, value in headers} == ({proof} if proof else set())
    assert tuple(name for name, _ in beside) == names
    user = Identity(name="alice", headers=(*headers, ("Authorization", "x")), cookies=(*beside, ("sid", "s")))
    assert proof_of(user) == (headers, beside)
