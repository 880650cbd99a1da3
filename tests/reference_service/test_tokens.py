"""Layer 1: every defect of a token is a 401."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from tests.reference_service.running import KNOWLEDGE, SECRET

if TYPE_CHECKING:
    import httpx

    from tests.reference_service.running import Running

LIST = f"{KNOWLEDGE}/files"
OPERATIONS = [
    ("POST", f"{KNOWLEDGE}/upload"),
    ("POST", f"{KNOWLEDGE}/index"),
    ("POST", f"{KNOWLEDGE}/search"),
    ("GET", LIST),
    ("GET", f"{LIST}/not-even-an-id"),
    ("DELETE", f"{LIST}/not-even-an-id"),
    ("POST", "/api/v1/memory"),
    ("POST", "/api/v1/memory/query"),
    ("GET", "/api/v1/memory"),
    ("GET", "/api/v1/memory/x"),
    ("DELETE", "/api/v1/memory/x"),
]


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token; a change to None leaves one out."""
    now = int(time.time())
    made = {"sub": "alice", "iat": now, "exp": now + 300, "aud": "knowledge-api", "iss": "knowledge-auth"} | changes
    return {name: value for name, value in made.items() if value is not None}


def sign(content: dict[str, Any], secret: str = SECRET, **headers: Any) -> str:
    """Sign by hand, so that the library's own checks do not get in the way."""
    head = {"alg": "HS256", "typ": "JWT"} | headers
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, content)]
    signature = jwt.get_algorithm_by_name("HS256").sign(b".".join(parts), secret.encode())
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def flipped(token: str) -> str:
    """Flip a bit of the signature."""
    return token[:-4] + ("A" if token[-4] != "A" else "B") + token[-3:]


GOOD = sign(claims())
DAY = 86400
DEFECTS: dict[str, str] = {
    "flipped signature": flipped(GOOD),
    "no signature": GOOD.rpartition(".")[0] + ".",
    "two parts": GOOD.rpartition(".")[0],
    "foreign secret": sign(claims(), secret="another secret that is long enough"),
    "empty secret": sign(claims(), secret=""),
    "alg none": sign(claims(), alg="none").rpartition(".")[0] + ".",
    "alg nOnE": sign(claims(), alg="nOnE").rpartition(".")[0] + ".",
    "alg HS512": sign(claims(), alg="HS512"),
    "alg RS256": sign(claims(), alg="RS256"),
    "crit": sign(claims(), crit=["exp"]),
    "expired": sign(claims(iat=int(time.time()) - 120, exp=int(time.time()) - 60)),
    "no exp": sign(claims(exp=None)),
    "exp as text": sign(claims(exp=str(int(time.time()) + 300))),
    "exp as truth value": sign(claims(exp=True)),
    "exp without end": sign(claims(exp=1e20)),
    "exp NaN": sign(claims(exp=float("nan"))),
    "lives 8 days": sign(claims(exp=int(time.time()) + 8 * DAY)),
    "no iat": sign(claims(iat=None)),
    "iat tomorrow": sign(claims(iat=int(time.time()) + DAY, exp=int(time.time()) + DAY + 60)),
    "nbf tomorrow": sign(claims(nbf=int(time.time()) + DAY)),
    "no aud": sign(claims(aud=None)),
    "other aud": sign(claims(aud="knowledge-api-2")),
    "list of other aud": sign(claims(aud=["other"])),
    "no iss": sign(claims(iss=None)),
    "other iss": sign(claims(iss="knowledge-auth/")),
    "no sub": sign(claims(sub=None)),
    "empty sub": sign(claims(sub="")),
    "blank sub": sign(claims(sub="  ")),
    "sub as number": sign(claims(sub=0)),
    "sub as list": sign(claims(sub=[])),
    "sub with NUL": sign(claims(sub="a\0b")),
    "sub with a lone surrogate": sign(claims(sub="a\ud800")),
    "endless sub": sign(claims(sub="a" * 1000)),
    "kid traversal": sign(claims(), secret="", kid="../../dev/null"),
    "own jwk": sign(claims(), secret="mine", jwk={"kty": "oct", "k": "bWluZQ"}),
    "claims are a list": sign([]),  # type: ignore[arg-type]
    "no token at all": "garbage",
    "endless": "a." * 10_000,
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defective_token_is_refused(service: Running, defect: str) -> None:
    """401, the one error code, a challenge, and nothing about the reason; the good token beside it passes."""
    visitor = service.visitor()
    refused = visitor.get(LIST, headers={"Authorization": f"Bearer {DEFECTS[defect]}"})
    assert_refused(refused)
    assert visitor.get(LIST, headers={"Authorization": f"Bearer {sign(claims())}"}).status_code == 200


def assert_refused(answer: httpx.Response) -> None:
    """Check everything about a refusal."""
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "INVALID_JWT"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic dTpw", "Token x", f"Bearer {GOOD} x"])
def test_every_private_operation_needs_a_token(
    service: Running, method: str, path: str, authorization: str | None
) -> None:
    """The token is looked at before the input, which is wrong here."""
    headers = {} if authorization is None else {"Authorization": authorization}
    assert_refused(service.visitor().request(method, path, headers=headers))


def test_two_authorizations_are_refused(service: Running) -> None:
    """A request that says twice who is calling is not believed at all."""
    good = ("Authorization", f"Bearer {sign(claims())}")
    assert_refused(service.visitor().get(LIST, headers=[good, good]))


@pytest.mark.parametrize("accepted", [{"aud": ["other", "knowledge-api"]}, {"exp": int(time.time()) + 7 * DAY - 60}])
def test_unusual_but_valid_tokens_pass(service: Running, accepted: dict[str, Any]) -> None:
    """One of several audiences, and nearly seven days to live."""
    token = sign(claims(**accepted))
    assert service.visitor().get(LIST, headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_subjects_are_compared_exactly(service: Running) -> None:
    """Letter case and spaces make another user; any text may be a subject."""
    owner = service.user("Ann \N{SNOWMAN} 'x'; --")
    file_id = owner.upload()
    assert owner.files() == [file_id]
    assert service.user("ann \N{SNOWMAN} 'x'; --").files() == []
    assert service.user("Ann \N{SNOWMAN} 'x'; -- ").files() == []


def test_refusals_are_counted(service: Running) -> None:
    """The counter moves by one."""
    before = service.metric("security_jwt_validation_failures_total")
    service.visitor().get(LIST)
    assert service.metric("security_jwt_validation_failures_total") == before + 1
