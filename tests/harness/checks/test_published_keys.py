"""Checks for which the harness is the issuer: sound verifiers pass, careless ones fail, and nothing vacuous passes."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from harness import engine, hollow
from harness.checks.tokens.algorithm_confusion import algorithm_confusion
from harness.checks.tokens.keys_unavailable import keys_unavailable
from harness.checks.tokens.unknown_key import unknown_key
from harness.checks.tokens.withdrawn_key import withdrawn_key
from harness.hollow.__main__ import answers
from harness.hollow._http import listening
from harness.hollow._world import World
from harness.issuer import Issuer, issuing
from harness.model import Outcome
from harness.openapi import parse_document
from harness.scenario import parse_scenario
from harness.tokens import PublicKey
from tests.harness.bench import options
from tests.harness.notebook import DOCUMENT, TOML, Notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jwt.types import Options

    from harness.model import Check
    from tests.targets.common.running import Stage

    Verifier = Callable[[str], Any]

CHECKS = (algorithm_confusion, keys_unavailable, unknown_key, withdrawn_key)
LIFESPAN = 0.4
SECRET = 'algorithm = "HS256"\nsecret = "env:NOTEBOOK_SECRET"'
PUBLISHED = TOML.replace(SECRET, 'algorithm = "ES256"\npublished = { refresh = 0.6 }')
NEVER = 1e9
UNVERIFIED: Options = {"verify_signature": False}


def text_with(algorithm: str) -> str:
    """Return the scenario whose tokens are signed with this algorithm."""
    return PUBLISHED.replace("ES256", algorithm)


@pytest.fixture(params=["ES256"])
def issuer(request: pytest.FixtureRequest) -> Iterator[Issuer]:
    """The issuer of a scenario with published keys."""
    with issuing(parse_scenario(text_with(request.param), where="test").users.minted) as made:
        assert made is not None
        yield made


class Published(Notebook):
    """A notebook that verifies with a function of the token, which returns claims or raises."""

    verify: Verifier

    def name_of(self, request: Any) -> str | None:
        """Return the user of a request."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        with contextlib.suppress(jwt.PyJWTError, KeyError, TypeError):
            return str(self.verify(token)["sub"])
        return None


def by_key_set(issuer: Issuer, **options: Any) -> Verifier:
    """Return what PyJWT's documentation recommends."""
    client = jwt.PyJWKClient(issuer.url, **{"lifespan": LIFESPAN, "cooldown_duration": 0, "timeout": 1.0} | options)

    def verify(token: str) -> Any:
        return jwt.decode(token, client.get_signing_key_from_jwt(token).key, algorithms=[issuer.algorithm])

    return verify


def unless(sound: Verifier, error: type[Exception]) -> Verifier:
    """Return a verifier that does not look at the signature where the sound one ends with this error."""

    def verify(token: str) -> Any:
        try:
            return sound(token)
        except error:
            return jwt.decode(token, options=UNVERIFIED)

    return verify


def believing_headers(issuer: Issuer) -> Verifier:
    """Return a verifier that takes the text of the key for a secret where the token says HS256."""
    sound = by_key_set(issuer)

    def verify(token: str) -> Any:
        if jwt.get_unverified_header(token).get("alg") != "HS256":
            return sound(token)
        header, claims, signature = token.split(".")
        key = PublicKey.from_jwk(issuer.key.jwk).pem.encode()
        expected = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
            f"{header}.{claims}".encode(), key
        )
        if jwt.utils.base64url_decode(signature) != expected:
            raise jwt.InvalidSignatureError
        return jwt.decode(token, options=UNVERIFIED)

    return verify


def by_hand(issuer: Issuer) -> Verifier:
    """Return a verifier that was given the key itself, and so never fetches any."""
    key = jwt.PyJWK(dict(issuer.key.jwk)).key
    return lambda token: jwt.decode(token, key, algorithms=[issuer.algorithm])


async def outcome(check: Check, url: str, notebook: Notebook, issuer: Issuer, *, profile: str = "quick") -> Outcome:
    """Run a check and return what came of it."""
    text = text_with(issuer.algorithm)
    run = await engine.verify(options(url, notebook, text=text, issuer=issuer, profile=profile, insist=True))
    result = next(each for each in run.results if each.check.id == check.id)
    assert result.error is None, result.error
    return result.outcome


@pytest.mark.parametrize("issuer", ["ES256", "RS256"], indirect=True)
async def test_a_sound_verifier_passes_all_of_them(
    theatre: Stage, issuer: Issuer, only_these: Callable[..., None]
) -> None:
    """With every kind of outage, for elliptic curves and for RSA; and keys that come and go are noticed."""
    notebook = Published()
    notebook.verify = by_key_set(issuer)
    only_these(*CHECKS)
    run = await engine.verify(
        options(theatre.show(notebook), notebook, text=text_with(issuer.algorithm), issuer=issuer, profile="full")
    )
    said = {result.check.id: result for result in run.results if result.check in CHECKS}
    assert {result.outcome for result in said.values()} == {Outcome.PASSED}, [
        (each.subject, each.sentence) for result in said.values() for each in result.observations if each.reason
    ]
    outages = {each.subject.split(": ")[1] for each in said[keys_unavailable.id].observations}
    assert outages == {"closed", "failing", "empty", "silent"}
    assert issuer.published == (issuer.key,)


@pytest.mark.parametrize(
    ("check", "careless"),
    [
        (withdrawn_key, lambda issuer: by_key_set(issuer, cache_keys=True)),
        (withdrawn_key, lambda issuer: by_key_set(issuer, lifespan=NEVER)),
        (keys_unavailable, lambda issuer: unless(by_key_set(issuer), jwt.PyJWKClientConnectionError)),
        (unknown_key, lambda issuer: unless(by_key_set(issuer), jwt.PyJWKClientError)),
        (algorithm_confusion, believing_headers),
    ],
)
async def test_a_careless_verifier_fails(
    theatre: Stage,
    issuer: Issuer,
    only_these: Callable[..., None],
    check: Check,
    careless: Callable[[Issuer], Verifier],
) -> None:
    """Keys kept for good, no signature while keys are missing or unknown, and the text of a key taken for a secret."""
    notebook = Published()
    notebook.verify = careless(issuer)
    only_these(check)
    assert await outcome(check, theatre.show(notebook), notebook, issuer) is Outcome.FAILED


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
async def test_a_key_set_that_was_never_fetched_proves_nothing(
    theatre: Stage, issuer: Issuer, only_these: Callable[..., None], check: Check
) -> None:
    """A service that was given the key otherwise refuses forgeries too, and has not shown how it fetches keys."""
    notebook = Published()
    notebook.verify = by_hand(issuer)
    only_these(check)
    assert await outcome(check, theatre.show(notebook), notebook, issuer) is Outcome.INCONCLUSIVE
    assert issuer.fetches == 0


async def test_an_outage_that_nobody_notices_proves_nothing(
    theatre: Stage, issuer: Issuer, only_these: Callable[..., None]
) -> None:
    """A service that fetches once for all never had to do without the keys."""
    notebook = Published()
    notebook.verify = by_key_set(issuer, lifespan=NEVER, cooldown_duration=NEVER)
    only_these(keys_unavailable)
    assert await outcome(keys_unavailable, theatre.show(notebook), notebook, issuer) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("check", [withdrawn_key, keys_unavailable], ids=lambda check: check.id)
async def test_without_an_issuer_they_are_not_offered(url: str, notebook: Notebook, check: Check) -> None:
    """Users with a shared secret, or keys of which nobody says how soon their changes are noticed: SKIPPED."""
    run = await engine.verify(options(url, notebook, only=(check.id, "tokens/structure")))
    result = next(each for each in run.results if each.check.id == check.id)
    assert (result.outcome, result.observations[0].reason) == (Outcome.SKIPPED, "not-offered")


@pytest.mark.parametrize("name", [name for name in hollow.names() if not name.startswith(("hostile-", "slow"))])
async def test_nothing_hollow_passes(issuer: Issuer, only_these: Callable[..., None], name: str) -> None:
    """No check of published keys is content with a target that keeps nothing, refuses everything or lets all in."""
    scenario = parse_scenario(PUBLISHED, where="hollow")
    world = World(scenario=scenario, document=parse_document(json.dumps(DOCUMENT), where="hollow", prefix=""))
    only_these(*CHECKS)
    async with listening(answers(name, world, bare=False)) as port:
        asked = options(f"http://127.0.0.1:{port}", Notebook(), text=PUBLISHED, issuer=issuer, insist=True)
        run = await engine.verify(asked)
    outcomes = {result.check.id: result.outcome for result in run.results if result.check in CHECKS}
    assert len(outcomes) == len(CHECKS)
    assert Outcome.PASSED not in outcomes.values(), outcomes
    if name == "open":
        assert {outcomes[check.id] for check in CHECKS} == {Outcome.FAILED}
