"""The harness as an issuer: what it publishes, what it counts, and that it can be out of order."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import httpx
import jwt
import pytest

from harness import engine
from harness.errors import ConfigurationError
from harness.issuer import OUTAGES, Issuer, issuing
from harness.scenario import parse_scenario
from harness.scenario.schema import Minted, Published, ServiceSpec
from harness.service import serve
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = 'algorithm = "HS256"\nsecret = "env:NOTEBOOK_SECRET"'


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer with an elliptic key."""
    with issuing(Minted(algorithm="ES256", published=Published(), claims={})) as made:
        assert made is not None
        yield made


def fetched(issuer: Issuer) -> list[str]:
    """Return the ids of the published keys."""
    answer = httpx.get(issuer.url, trust_env=False, timeout=5.0)
    return [key["kid"] for key in answer.raise_for_status().json()["keys"]]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_what_it_publishes_verifies_what_its_key_signs(algorithm: str) -> None:
    """For others too: PyJWT finds the key by its id; the private part shows nowhere."""
    with issuing(Minted.model_validate({"algorithm": algorithm, "published": {}, "claims": {}})) as issuer:
        assert issuer is not None
        token = jwt.encode({"sub": "a"}, issuer.key.private.value, algorithm, headers={"kid": issuer.key.key_id})
        found = jwt.PyJWKClient(issuer.url).get_signing_key_from_jwt(token)
        assert jwt.decode(token, found.key, algorithms=[algorithm]) == {"sub": "a"}
        served = httpx.get(issuer.url, trust_env=False).json()["keys"][0]
        assert served["use"] == "sig"
        assert served["alg"] == algorithm
        assert {"d", "p", "q"}.isdisjoint(served)
        assert issuer.key.private.value not in repr(issuer.key)


def test_keys_come_and_go_and_fetches_are_counted(issuer: Issuer) -> None:
    """Only whole key sets that were handed out count; another path is not found."""
    assert fetched(issuer) == [issuer.key.key_id]
    with issuer.another_key() as key:
        assert fetched(issuer) == [issuer.key.key_id, key.key_id]
    assert fetched(issuer) == [issuer.key.key_id]
    assert httpx.get(issuer.url + "x", trust_env=False).status_code == 404
    assert issuer.fetches == 3


@pytest.mark.parametrize("how", OUTAGES)
def test_it_can_be_out_of_order_and_is_back_afterwards(issuer: Issuer, how: str) -> None:
    """Nobody gets a key meanwhile, who tried is counted where it can be seen, and the address stays."""
    with issuer.out_of_order(how):
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.get(issuer.url, trust_env=False, timeout=0.5)
            assert answer.status_code == 503 or answer.json() == {"keys": []}
        assert issuer.missed == (0 if how == "closed" else 1)
        assert issuer.fetches == 0
    assert fetched(issuer) == [issuer.key.key_id]


def test_nothing_is_left_when_it_ends() -> None:
    """Nobody answers at its port any more, and its thread has ended."""
    with issuing(Minted(algorithm="ES256", published=Published(), claims={})) as issuer:
        assert issuer is not None
    assert "issuer" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(httpx.ConnectError):
        httpx.get(issuer.url, trust_env=False)


def test_a_port_that_is_taken_is_named(issuer: Issuer) -> None:
    """The error is about the scenario."""
    taken = Minted(algorithm="ES256", published=Published(port=issuer.port), claims={})
    said = rf"users\.minted\.published\.port: cannot listen on .*:{issuer.port}"
    with pytest.raises(ConfigurationError, match=said), issuing(taken):
        pass


async def test_a_service_is_told_where_the_keys_are(issuer: Issuer, tmp_path: Path) -> None:
    """In its command and in its environment."""
    script = "import os, sys, time; print('READY', sys.argv[1] + os.environ['KEYS'], flush=True); time.sleep(60)"
    spec = ServiceSpec(command=["{python}", "-c", script, "at={jwks_url}"], environment={"KEYS": "+{jwks_url}"})
    async with serve(spec, folder=tmp_path, generated={}, issuer=issuer) as running:
        assert running.url == f"at={issuer.url}+{issuer.url}"
        assert running.issuer is issuer


async def test_a_service_that_nobody_told_needs_a_port_that_it_knows(url: str, notebook: Notebook) -> None:
    """Without one the run ends before its first request; with one its keys are published there."""
    text = TOML.replace(SECRET, 'algorithm = "ES256"\npublished = {}')
    with pytest.raises(ConfigurationError, match=r"users\.minted\.published\.port: expected the port"):
        await engine.verify(options(url, notebook, text=text))
    assert notebook.asked == []
    with issuing(parse_scenario(text, where="test").users.minted) as issuer:
        assert issuer is not None
        free = issuer.port
    text = text.replace("published = {}", f"published = {{ port = {free} }}")
    async with engine.opened(options(url, notebook, text=text)) as session:
        alice = await session.introductions.introduce("alice")
        assert alice.token is not None
        keys = jwt.PyJWKClient(f"http://127.0.0.1:{free}/.well-known/jwks.json")
        key = keys.get_signing_key_from_jwt(alice.token.value).key
        assert jwt.decode(alice.token.value, key, algorithms=["ES256"])["sub"] == alice.subject
