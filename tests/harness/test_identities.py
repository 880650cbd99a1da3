"""Users: where their secrets come from, how tokens are made, and what a refusal says."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse, Response

from harness.errors import ConfigurationError
from harness.identities import Introductions, Minter, UserRefused, Vault, carried, claims_of, extract
from harness.model import Exchange, Request, Secret
from harness.model import Response as Answer
from harness.scenario import parse_scenario
from harness.scenario.schema import CredentialSpec, Minted
from tests.harness.clients import open_client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request as Asked

    from tests.harness.notebook import Notebook

USERS = 'name = "x"\n[users.credential]\nheader = "X-Key"\ntemplate = "Key {credential}"\n'
SIGN_UP = USERS + '[users.signup]\noperation = "POST /join"\njson = { name = "{username}", word = "{password}" }\n'
LOG_IN = '[users.login]\noperation = "POST /in"\njson = { name = "{username}", word = "{password}" }\n'


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault of a folder, with one secret that the run has generated."""
    return Vault(folder=tmp_path, generated={"MADE": "made-secret"})


def test_the_first_reference_that_is_there_counts(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alternatives are tried in their order; what is empty or missing is passed over; files lose white space."""
    monkeypatch.setenv("EMPTY", " ")
    monkeypatch.setenv("GIVEN", "given-secret")
    monkeypatch.setenv("MADE", "from outside")
    (tmp_path / "secret").write_text("filed-secret\n", encoding="utf-8")
    assert vault.resolve("env:EMPTY|file:none|env:GIVEN|file:secret", where="x") == "given-secret"
    assert vault.resolve("file:secret|env:GIVEN", where="x") == "filed-secret"
    assert vault.resolve("env:MADE", where="x") == "made-secret"


def test_every_secret_is_remembered_and_shown_nowhere(vault: Vault) -> None:
    """What was resolved can be redacted from then on."""
    known: list[str] = []
    vault.remember = known.append
    vault.resolve("env:MADE", where="x")
    assert known == ["made-secret"]
    assert "made-secret" not in repr(vault)


def test_a_secret_that_is_nowhere_names_every_place_tried(vault: Vault, tmp_path: Path) -> None:
    """The message names where in the scenario, and each variable and file."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError) as caught:
        vault.resolve("env:NO_SUCH|file:no-such|file:folder", where="users.minted.secret")
    assert str(caught.value) == (
        "users.minted.secret: the environment variable NO_SUCH is not set, and no-such cannot be read (No such file or"
        " directory), and folder cannot be read (Is a directory); expected the secret there"
    )


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


RSA, EC = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
KEYS: list[tuple[Any, str, Any]] = [
    ("HS256", "k" * 40, "k" * 40),
    ("HS512", "k" * 64, "k" * 64),
    ("RS256", _pem(RSA), RSA.public_key()),
    ("ES256", _pem(EC), EC.public_key()),
]


@pytest.mark.parametrize(("algorithm", "private", "public"), KEYS, ids=[each[0] for each in KEYS])
def test_minted_tokens_are_those_of_the_template(algorithm: Any, private: str, public: Any) -> None:
    """Each algorithm signs what its verifier accepts; the template is filled, and extra claims win."""
    claims = {"sub": "{user}", "uid": "{uuid}", "roles": ["user"], "tier": "free"}
    spec = Minted(algorithm=algorithm, secret="env:X", claims=claims, key_id="k1", lifetime=60)
    minter = Minter(spec=spec, key=Secret(value=private))
    token = minter.sign(minter.claims("alice-1", {"tier": "pro"}))
    read = jwt.decode(token, public, algorithms=[algorithm])
    assert (read["sub"], read["roles"], read["tier"], read["exp"] - read["iat"]) == ("alice-1", ["user"], "pro", 60)
    assert read["uid"] == minter.claims("alice-1")["uid"] != minter.claims("bob-1")["uid"]
    assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": algorithm, "kid": "k1"}
    assert private not in repr(minter)


def test_credentials_are_carried_as_the_scenario_says() -> None:
    """In a header with its template, or in a cookie as they are."""
    assert carried(CredentialSpec(), "c1") == ((("Authorization", "Bearer c1"),), ())
    assert carried(CredentialSpec(header="X-Key", template="{credential}"), "c1") == ((("X-Key", "c1"),), ())
    assert carried(CredentialSpec(cookie="sid"), "c1") == ((), (("sid", "c1"),))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("/data/0/token", "t1"),
        ("/data/0", "{'token': 't1'}"),
        ("/none", None),
        ("cookie:sid", "s1"),
        ("cookie:id", None),
        ("header:x-key", "h1"),
        ("header:x-none", None),
    ],
)
def test_credentials_are_found_in_bodies_cookies_and_headers(where: str, found: str | None) -> None:
    """A pointer, a cookie's name or a header's name say where."""
    headers = (("Set-Cookie", "other=1"), ("Set-Cookie", "sid=s1; HttpOnly; Path=/"), ("X-Key", "h1"))
    response = Answer(status=200, headers=headers, body=b'{"data": [{"token": "t1"}]}')
    asked = Request(method="POST", target="/in")
    assert extract(Exchange(id="x1", user="a", request=asked, response=response), where) == found
    assert extract(Exchange(id="x1", user="a", request=asked, error="reset"), where) is None


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=3), st.text())
def test_claims_are_read_of_tokens_and_of_nothing_else(claims: dict[str, Any], noise: str) -> None:
    """Any JWT tells its claims without a key; any other text, and a JWT of no object, tells none."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert claims_of(f"e30.{body}.sig") == claims
    assert claims_of(noise.replace(".", "")) is None
    assert claims_of("e30.W10.sig") is None
    assert claims_of(f"e30.{noise}!.sig") is None


class Signing:
    """A service whose users sign up or log in: it keeps passwords, and hands out keys."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def __call__(self, request: Asked) -> Response | None:
        """Answer to joining and to logging in."""
        given = json.loads(request._body or b"{}")  # what the notebook has read already
        if request.url.path == "/join":
            self.words[given["name"]] = given["word"]
            return JSONResponse({"id": f"id-{given['name']}", "key": f"key-of-{given['name']}"}, 201)
        if request.url.path == "/in":
            if self.words.get(given["name"]) != given["word"]:
                return JSONResponse({"error": "wrong"}, 401)
            answer = JSONResponse(
                {"session": f"session-of-{given['name']}"}, headers={"X-Key": f"Key k-of-{given['name']}"}
            )
            answer.set_cookie("sid", f"cookie-of-{given['name']}")
            return answer
        return None


async def introductions(url: str, vault: Vault, text: str, run: Callable[[Introductions], Any]) -> Any:
    """Open the users of a scenario and do something with them."""
    scenario = parse_scenario(text, where="x.toml")
    async with open_client(url) as client:
        return await run(Introductions.build(scenario, vault, client))


async def test_signed_up_users_are_new_each_time(url: str, notebook: Notebook, vault: Vault) -> None:
    """Each has a name, a password and a credential of its own; the subject is where the scenario says."""
    notebook.instead = Signing()
    text = SIGN_UP + 'credential = "/key"\nsubject = "/id"\n'

    async def twice(users: Introductions) -> Any:
        assert (users.fresh, users.names[:2]) == (True, ("alice", "bob"))
        return await users.introduce("alice"), await users.introduce("alice")

    first, second = await introductions(url, vault, text, twice)
    assert first.headers == (("X-Key", f"Key key-of-{first.username}"),)
    assert first.subject == f"id-{first.username}" != second.subject
    assert first.password.value not in repr(first)
    assert first.password != second.password


@pytest.mark.parametrize(
    ("where", "carries"), [("/session", "headers"), ("cookie:sid", "cookies"), ("header:X-Key", "headers")]
)
async def test_without_a_credential_a_login_follows_the_sign_up(
    url: str, notebook: Notebook, vault: Vault, where: str, carries: str
) -> None:
    """The password that was chosen at sign-up logs in; a cookie is carried as one, the word before a key said once."""
    notebook.instead = Signing()
    text = SIGN_UP + LOG_IN + f'credential = "{where}"\n'
    user = await introductions(url, vault, text, lambda users: users.introduce("alice"))
    held = {"headers": user.headers, "cookies": user.cookies}
    (carried_as,) = held.pop(carries)
    assert carried_as[1].endswith(f"-of-{user.username}")
    assert "Key Key" not in carried_as[1]
    assert list(held.values()) == [()]


class Reluctant(Signing):
    """A service that lets `most` sign up, and tells whoever comes later to wait `after` seconds."""

    def __init__(self, most: int, after: str) -> None:
        super().__init__()
        self.most, self.after, self.asked, self.broken = most, after, 0, False

    def __call__(self, request: Asked) -> Response | None:
        """Answer to joining for as long as somebody may."""
        self.asked += request.url.path == "/join"
        if request.url.path == "/join" and len(self.words) >= self.most:
            self.most += self.after == "1"
            return JSONResponse({"error": "later"}, 429, {"Retry-After": self.after})
        return JSONResponse({"error": "broken"}, 500) if self.broken else super().__call__(request)


async def test_where_sign_ups_are_limited_the_first_user_of_a_name_serves_everybody(
    url: str, notebook: Notebook, vault: Vault
) -> None:
    """Nobody is asked again for a name that there is; one that there is not is refused, and so are newcomers."""
    notebook.instead = door = Reluctant(3, "600")

    async def crowd(users: Introductions) -> Any:
        first = [await users.introduce(name) for name in ("alice", "bob", "alice")]
        again = [await users.introduce(name) for name in ("alice", "bob", "alice")]
        with pytest.raises(UserRefused, match="answered status 429"):
            await users.introduce("carol")
        with pytest.raises(UserRefused, match="answered status 429"):
            await users.newcomer("dave")
        door.most, door.broken = 9, True
        with pytest.raises(UserRefused, match="answered status 500"):
            await users.introduce("erin")
        assert (users.fresh, users.limited) == (False, True)
        return first, again

    first, again = await introductions(url, vault, SIGN_UP + 'credential = "/key"\n', crowd)
    assert len({user.username for user in first}) == len(first)
    assert again == [first[0], first[1], first[0]]
    assert door.asked == 3 + 1 + 2 + 2  # a failure of the server is asked for again


async def test_a_short_wait_brings_a_new_user(url: str, notebook: Notebook, vault: Vault) -> None:
    """Where the limit ends in a moment, each check has users of its own all the same."""
    notebook.instead = Reluctant(1, "1")

    async def patient(users: Introductions) -> Any:
        return [await users.introduce("alice"), await users.introduce("alice")], users.fresh

    (first, second), fresh = await introductions(url, vault, SIGN_UP + 'credential = "/key"\n', patient)
    assert fresh
    assert first.username != second.username


async def test_accounts_log_in_once_and_a_wrong_password_is_a_refusal(
    url: str, notebook: Notebook, vault: Vault, tmp_path: Path
) -> None:
    """A user that exists is one and the same for the whole run; who is refused is told by name."""
    notebook.instead = signing = Signing()
    signing.words["al"] = "al-password"
    (tmp_path / "al").write_text("al-password", encoding="utf-8")
    (tmp_path / "bo").write_text("bo-password", encoding="utf-8")
    text = USERS + LOG_IN + 'credential = "/session"\n'
    for name in ("al", "bo"):
        text += f'[users.accounts.{name}]\nusername = "{name}"\npassword = "file:{name}"\n'

    async def both(users: Introductions) -> Any:
        assert (users.fresh, users.names) == (False, ("al", "bo"))
        assert await users.introduce("al") is await users.introduce("al")
        said = r"user bo: POST /in answered status 401 \(.*\), expected 2xx; check \[users\] of the scenario"
        with pytest.raises(UserRefused, match=said) as caught:
            await users.introduce("bo")
        assert caught.value.exchange is not None
        with pytest.raises(UserRefused, match="there is no user 'cy'; expected one of al, bo"):
            await users.introduce("cy")

    await introductions(url, vault, text, both)


async def test_a_name_and_a_password_may_be_the_credential(url: str, vault: Vault, tmp_path: Path) -> None:
    """RFC 7617: both are carried in each request, in base64; no log-in is needed, and what is encoded already stays."""
    known: list[str] = []
    vault.remember = known.append
    (tmp_path / "al").write_text("al-password", encoding="utf-8")
    text = 'name = "x"\n[users.credential]\ntemplate = "Basic {credential}"\n'
    text += '[users.accounts.al]\nusername = "al"\npassword = "file:al"\n'
    user = await introductions(url, vault, text, lambda users: users.introduce("al"))
    assert user.headers == (("Authorization", f"Basic {base64.b64encode(b'al:al-password').decode()}"),)
    assert (user.subject, user.password.value) == ("al", "al-password")
    assert {"al-password", "al:al-password"} <= set(known)
    assert carried(CredentialSpec(template="Basic {credential}"), "YTpi") == ((("Authorization", "Basic YTpi"),), ())
    assert carried(CredentialSpec(), "a:b") == ((("Authorization", "Bearer a:b"),), ())


async def test_an_answer_without_a_credential_is_a_refusal(url: str, notebook: Notebook, vault: Vault) -> None:
    """A sign-up that succeeds and hands out nothing is told as such."""
    notebook.instead = Signing()
    with pytest.raises(UserRefused, match="answered 201, but there is no credential at '/token'"):
        await introductions(url, vault, SIGN_UP + 'credential = "/token"\n', lambda users: users.introduce("alice"))


async def test_nothing_that_answers_is_a_refusal(vault: Vault) -> None:
    """The reason is the transport's."""
    with pytest.raises(UserRefused, match=r"user alice: POST /join answered refused"):
        await introductions(
            "http://127.0.0.1:9", vault, SIGN_UP + 'credential = "/key"\n', lambda users: users.introduce("alice")
        )


@pytest.mark.parametrize(
    "text",
    [
        'name = "x"\n[users.minted]\nclaims = {}\nsecret = "env:NO_SUCH"',
        'name = "x"\n[users.tokens]\nalice = "env:NO_SUCH"',
        'name = "x"\n[users.accounts.alice]\nusername = "alice"\npassword = "env:NO_SUCH"',
    ],
)
async def test_missing_secrets_are_found_before_the_first_request(url: str, vault: Vault, text: str) -> None:
    """A secret that is not there is a mistake of the user, not a finding of the run."""
    with pytest.raises(ConfigurationError, match=r"^users\..*NO_SUCH is not set"):
        await introductions(url, vault, text, lambda users: users)


async def test_tokens_given_are_carried_unchanged(
    url: str, notebook: Notebook, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A JWT tells its subject, an opaque token none; both are as given."""
    monkeypatch.setenv("A", notebook.token("someone"))
    monkeypatch.setenv("B", "opaque-token")
    text = USERS + '[users.tokens]\nalice = "env:A"\nbob = "env:B"\n'

    async def both(users: Introductions) -> Any:
        return await users.introduce("alice"), await users.introduce("bob")

    alice, bob = await introductions(url, vault, text, both)
    assert (alice.subject, bob.subject, bob.headers) == ("someone", None, (("X-Key", "Key opaque-token"),))
