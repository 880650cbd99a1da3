"""The pure judgements of the checks on caches, credentials, cookies, roles and existence oracles."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid

import pytest

from harness.checks.authorization._words import decisive
from harness.checks.exposure._personal import personal
from harness.checks.exposure._secrets import credentials_in
from harness.checks.isolation.shared_cache import storable, varies
from harness.checks.oracle.status_and_body import Answers
from harness.checks.sessions import cookie_flags, guessable
from harness.checks.sessions.password_change import _judge_session
from harness.model import Identity, Outcome, Response, Severity
from tests.harness.checks.bench import exchange

ALICE = Identity(name="alice", username="alice-1", subject="7")


@pytest.mark.parametrize(
    ("said", "carrier", "kept"),
    [
        ("public, max-age=60", "authorization", True),
        ("s-maxage=5", "authorization", True),
        ("max-age=60, must-revalidate", "authorization", True),
        ("max-age=60", "authorization", False),
        ("max-age=60", "x-api-key", True),
        ("max-age=0", "x-api-key", False),
        ("public", "cookie", False),
        ("private, max-age=60", "cookie", False),
        ("public, max-age=60, no-store", "cookie", False),
        ("public, s-maxage=0, max-age=60", "cookie", False),
        ("", "cookie", False),
    ],
)
def test_a_shared_cache_keeps_what_it_is_allowed_to(said: str, carrier: str, kept: bool) -> None:
    """Explicit freshness keeps an answer, unless it is private; an Authorization header needs more (RFC 9111, 3.5)."""
    response = Response(status=200, headers=(("Cache-Control", said),) if said else ())
    assert storable(response, {carrier}) is kept


@pytest.mark.parametrize(
    ("vary", "chosen"),
    [("Authorization", True), ("*", True), ("accept, AUTHORIZATION", True), ("Accept-Encoding", False), ("", False)],
)
def test_vary_must_name_the_credential(vary: str, chosen: bool) -> None:
    """A stored answer is safe when it is chosen by the header that carries the credential."""
    assert varies(Response(status=200, headers=(("Vary", vary),)), {"authorization"}) is chosen


def _ulid(position: int) -> str:
    """Return a time-ordered value with 80 random bits, in hexadecimal."""
    return f"{int(time.time() * 1000) + position:012x}{secrets.token_hex(10)}"


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ([str(100_001 + n) for n in range(12)], Outcome.FAILED),
        ([f"sess-{0x18F0 - n:08x}-x" for n in range(12)], Outcome.FAILED),
        ([f"{time.time_ns() + 1000 * n:032x}" for n in range(12)], Outcome.FAILED),
        ([hashlib.md5(str(n).encode()).hexdigest() for n in range(12)], Outcome.FAILED),
        ([*(secrets.token_hex(16) for _ in range(11)), hashlib.sha256(b"alice-1").hexdigest()], Outcome.FAILED),
        ([secrets.token_hex(2) for _ in range(12)], Outcome.FAILED),
        (["the same"] * 12, Outcome.FAILED),
        ([secrets.token_urlsafe(32) for _ in range(12)], Outcome.PASSED),
        ([str(uuid.uuid4()) for _ in range(12)], Outcome.PASSED),
        ([_ulid(n) for n in range(12)], Outcome.PASSED),
        ([f"key_{secrets.token_hex(16)}" for _ in range(12)], Outcome.PASSED),
    ],
)
def test_guessable_credentials_are_told_from_random_ones(given: list[str], outcome: Outcome) -> None:
    """Counters, clocks, digests of small things and short values can be guessed; random ones cannot, sorted or not."""
    assert guessable._judge(given, [ALICE]).outcome is outcome


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"user": {"password_hash": "x1"}}, "/user/password_hash"),
        ({"users": [{"salt": "a9"}]}, "/users/salt"),
        ({"hash": "$2b$12$" + "a" * 53}, "/hash"),
        ({"note": "$argon2id$v=19$m=1"}, "/note"),
        ({"password": "********"}, None),
        ({"password": None, "password_set": True}, None),
        ({"password_changed_at": "2030-01-01", "title": "my password is long"}, None),
        ([1, "two"], None),
    ],
)
def test_a_credential_is_known_by_its_name_or_its_shape(body: object, place: str | None) -> None:
    """Fields of credentials that hold something, and values shaped like hashes; masks, flags and dates are neither."""
    assert credentials_in(exchange(200, body)) == place


def test_personal_fields_are_found_by_name_and_by_shape() -> None:
    """An address is personal wherever it stands; a name that everybody sees is not."""
    account = {"id": 7, "username": "alice-1", "contact": {"phone": "+4930123456"}, "login": "a@example.org", "zip": ""}
    assert dict(personal("", account)) == {"/contact/phone": "+4930123456", "/login": "a@example.org"}


@pytest.mark.parametrize(
    ("name", "decides"),
    [
        ("role", True),
        ("isAdmin", True),
        ("account_balance", True),
        ("is_verified", True),
        ("explanation", False),
        ("planet", False),
        ("title", False),
        ("controlled", False),
    ],
)
def test_fields_that_decide_are_known_by_whole_words(name: str, decides: bool) -> None:
    """Snake and camel case are split; a word inside another word does not count."""
    assert decisive(name) is decides


@pytest.mark.parametrize(
    ("header", "secure", "failed"),
    [
        ("session=1; HttpOnly; SameSite=Lax", False, set()),
        ("session=1; httponly; samesite=strict; Secure", True, set()),
        ("session=1; HttpOnly; SameSite=None", False, {"SameSite"}),
        ("session=1; HttpOnly; SameSite=None; Secure", True, set()),
        ("session=1; SameSite=Lax", False, {"HttpOnly"}),
        ("session=1; HttpOnly", True, {"SameSite", "Secure"}),
    ],
)
def test_a_session_cookie_has_its_flags(header: str, secure: bool, failed: set[str]) -> None:
    """HttpOnly and SameSite always, Secure where the service is reached by HTTPS."""
    found = cookie_flags._judge(cookie_flags._attributes(header), exchange(), secure=secure)
    assert {each.subject.rpartition(" ")[2] for each in found if each.outcome is Outcome.FAILED} == failed


def test_only_what_tells_every_foreign_answer_from_every_unknown_one_is_an_oracle() -> None:
    """Request ids and clocks differ among unknown answers too, identifiers are masked; an entity tag tells."""
    unknown = tuple(
        exchange(404, {"detail": f"no {n}", "id": secrets.token_hex(4), "at": n // 2}) for n in (11, 12, 13)
    )
    foreign = tuple(exchange(404, {"detail": f"no {n}", "id": secrets.token_hex(4), "at": 6}) for n in (21, 22))
    names = tuple((str(n), "<id>") for n in (11, 12, 13, 21, 22))
    assert Answers(foreign=foreign, unknown=unknown, names=names).differences == {}
    tagged = tuple(
        exchange(404, {"detail": f"no {n}"}, headers=(("Content-Type", "application/json"), ("ETag", f'"{n}"')))
        for n in (21, 22)
    )
    plain = tuple(exchange(404, {"detail": f"no {n}"}) for n in (11, 12, 13))
    found = Answers(foreign=tagged, unknown=plain, names=names).differences
    assert found == {"header etag": ("(present)", "(nothing)")}
    assert Answers(foreign=(tagged[0], plain[0]), unknown=plain, names=names).differences == {}


def test_a_token_that_outlives_the_password_is_less_grave_than_a_session() -> None:
    """Both are findings; one that is signed and expires by itself does not end a release alone."""
    steps = [exchange(200, {}, number=number) for number in range(4)]
    kept, token = _judge_session("POST /password", *steps), _judge_session("POST /password", *steps, signed=True)
    assert (kept.outcome, kept.severity) == (Outcome.FAILED, Severity.HIGH)
    assert (token.outcome, token.severity) == (Outcome.FAILED, Severity.MEDIUM)
