"""Tokens verified with keys that an issuer publishes."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from reference_service.errors import DependencyDown, InvalidToken
from reference_service.settings import Settings
from reference_service.tokens import KeySetVerifier
from tests.reference_service.test_tokens import claims, sign
from tests.reference_service.web_server import WebServer


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
