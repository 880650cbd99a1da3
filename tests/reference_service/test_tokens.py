"""Layer 1: every defect of a token is a 401."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from reference_service.errors import DependencyDown, InvalidToken
from reference_service.settings import Settings
from reference_service.tokens import KeySetVerifier
from tests.reference_service.running import KNOWLEDGE, SECRET
from tests.reference_service.web_server import WebServer

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


class Issuer:
    """An issuer that publishes keys, and can rotate them or go away."""

    def __init__(self) -> None:
        self.private: dict[str, Any] = {}
        self.down = False

    def add(self, key_id: str, kind: str = "RS256") -> None:
        """Make a key and publish it."""
        new = rsa.generate_private_key(65537, 2048) if kind == "RS256" else ec.generate_private_key(ec.SECP256R1())
        self.private[key_id] = (kind, new)

    def answer(self, _: str, __: Any) -> tuple[int, Any]:
        """Return the published keys."""
        if self.down:
            return 500, {}
        return 200, {"keys": [self.published(key_id) for key_id in self.private]}

    def published(self, key_id: str) -> dict[str, Any]:
        """Return one key as it is published."""
        kind, private = self.private[key_id]
        family: Any = RSAAlgorithm if kind == "RS256" else ECAlgorithm
        made: dict[str, Any] = family.to_jwk(private.public_key(), as_dict=True)
        return made | {"kid": key_id, "alg": kind, "use": "sig"}

    def sign(self, key_id: str) -> str:
        """Sign a token."""
        kind, private = self.private[key_id]
        return jwt.encode(claims(), private, algorithm=kind, headers={"kid": key_id})


def key_set(url: str, **values: Any) -> KeySetVerifier:
    """Return a verifier of published keys."""
    return KeySetVerifier(
        Settings.model_validate({"jwks_url": f"{url}/jwks.json", "jwks_cooldown_seconds": 0} | values)
    )


async def test_published_keys_verify_and_rotate() -> None:
    """RS256 and ES256 pass; an unknown key id fetches the set anew; a key that was rotated out is refused."""
    issuer = Issuer()
    issuer.add("r")
    issuer.add("e", "ES256")
    with WebServer(issuer.answer) as server:
        verifier = key_set(server.url)
        assert (await verifier.verify(issuer.sign("r"))).user_id == "alice"
        assert (await verifier.verify(issuer.sign("e"))).user_id == "alice"
        assert len(server.requests) == 1
        old = issuer.sign("r")
        issuer.private.clear()
        issuer.add("new")
        assert (await verifier.verify(issuer.sign("new"))).user_id == "alice"
        with pytest.raises(InvalidToken):
            await verifier.verify(old)


async def test_the_algorithm_is_that_of_the_key() -> None:
    """HS256 over the text of a public key, another family's algorithm, and no key id are refused."""
    issuer = Issuer()
    issuer.add("r")
    with WebServer(issuer.answer) as server:
        verifier = key_set(server.url)
        confused = sign(claims(), secret=json.dumps(issuer.published("r")), kid="r")
        for token in (confused, sign(claims(), kid="r"), sign(claims()), issuer.sign("r")[:-5]):
            with pytest.raises(InvalidToken):
                await verifier.verify(token)
        assert (await verifier.verify(issuer.sign("r"))).user_id == "alice"


async def test_verification_is_never_skipped() -> None:
    """While the issuer is down: known keys are used until their time is over, then nothing passes."""
    issuer = Issuer()
    issuer.add("r")
    with WebServer(issuer.answer) as server:
        verifier = key_set(server.url)
        await verifier.verify(issuer.sign("r"))
        issuer.down = True
        assert (await verifier.verify(issuer.sign("r"))).user_id == "alice"
        verifier.fetched_at -= 301
        with pytest.raises(DependencyDown):
            await verifier.verify(issuer.sign("r"))
        issuer.down = False
        assert (await verifier.verify(issuer.sign("r"))).user_id == "alice"


async def test_unknown_key_ids_do_not_hammer_the_issuer() -> None:
    """Within the cooldown an unknown key id fetches nothing."""
    issuer = Issuer()
    issuer.add("r")
    with WebServer(issuer.answer) as server:
        verifier = key_set(server.url, jwks_cooldown_seconds=60)
        await verifier.verify(issuer.sign("r"))
        for _ in range(3):
            with pytest.raises(InvalidToken):
                await verifier.verify(sign(claims(), kid="unknown"))
        assert len(server.requests) == 1
