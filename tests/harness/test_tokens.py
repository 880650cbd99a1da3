"""Forged tokens: every one is refused by a sound verifier, and every flaw accepts one made for it."""

from __future__ import annotations

import base64
import json
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from harness.model import Secret
from harness.tokens import (
    DEFAULT_SECRETS,
    FORGERIES,
    WORDS,
    Forgery,
    Material,
    PublicKey,
    assemble,
    crack,
    decode,
    encode_part,
    forgeries_of,
    mint,
    named_after,
    numbers,
    stranger_certificate,
    stranger_jwks,
)
from harness.tokens.stranger import stranger_key, stranger_rsa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AUDIENCE, ISSUER, LISTENER = "knights", "https://issuer.example", "http://127.0.0.1:9/bait"
WEEK = 7 * 86_400
SECRET = "0f5bcb0e-9d1c-4f2e-a6a5-6a1f1c3a9e77" * 2


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    """Return a private key in PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(private: str) -> str:
    """Return the public half of a private key in PEM."""
    key = serialization.load_pem_private_key(private.encode(), password=None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


KEYS: Mapping[str, str] = {
    "HS256": SECRET,
    "HS512": SECRET,
    "RS256": private_pem(rsa.generate_private_key(65537, 2048)),
    "ES256": private_pem(ec.generate_private_key(ec.SECP256R1())),
    "ES384": private_pem(ec.generate_private_key(ec.SECP384R1())),
    "EdDSA": private_pem(ed25519.Ed25519PrivateKey.generate()),
}


def material(algorithm: str = "HS256", *, signing: str | None = None, **changed: Any) -> Material:
    """Return what a forger has who is trusted with the key of a service."""
    now = int(time.time())
    private = signing or KEYS[algorithm]
    claims = {"sub": "alice", "iat": now, "exp": now + 300, "aud": AUDIENCE, "iss": ISSUER}
    header = {"alg": algorithm, "typ": "JWT", "kid": "main"}
    published = () if algorithm.startswith("HS") else (PublicKey.from_pem(public_pem(private)),)
    parts: dict[str, Any] = {
        "token": Secret(value=mint(claims, header, private, algorithm)),
        "now": now,
        "key": Secret(value=private),
        "public_keys": published,
        "audience": AUDIENCE,
        "issuer": ISSUER,
        "max_lifetime": WEEK,
        "leeway": 10,
        "victim": "bob",
        "listener": LISTENER,
        "seed": 1,
    }
    return Material(**{**parts, **changed})


def sound(token: str, m: Material, **loosened: Any) -> Mapping[str, Any]:
    """Return the claims of a token that a sound verifier accepts; raise jwt.PyJWTError otherwise."""
    key = m.public_keys[0].pem if m.public_keys else (m.key.value if m.key else "")
    options: Any = {"require": ["exp", "iat", "sub"], **loosened.pop("options", {})}
    settings = {"algorithms": [m.algorithm], "audience": m.audience, "issuer": m.issuer, "leeway": m.leeway, **loosened}
    claims: Mapping[str, Any] = jwt.decode(token, settings.pop("key", key), options=options, **settings)
    if not claims["sub"]:
        raise jwt.InvalidTokenError
    if m.max_lifetime is not None and int(claims["exp"]) - claims["iat"] > m.max_lifetime:
        raise jwt.InvalidTokenError
    return claims


def accepts(token: str, m: Material) -> bool:
    """Whether a sound verifier accepts the token; any error but its own refusal is an error here."""
    try:
        sound(token, m)
    except jwt.PyJWTError:
        return False
    return True


@pytest.mark.parametrize("algorithm", list(KEYS))
def test_the_valid_token_is_accepted(algorithm: str) -> None:
    """The control: what forgeries start from is good."""
    m = material(algorithm)
    assert sound(m.token.value, m)["sub"] == "alice"
    assert (m.algorithm, m.claims["aud"]) == (algorithm, AUDIENCE)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("algorithm", list(KEYS))
def test_a_sound_verifier_refuses_every_forgery(algorithm: str) -> None:
    """No forgery is a token that a correct verifier has to accept, whatever the algorithm."""
    m = material(algorithm)
    made = {forgery.name: forgery.forge(m) for forgery in FORGERIES}
    assert sum(token is not None for token in made.values()) > 150
    assert [name for name, token in made.items() if token is not None and accepts(token, m)] == []


def test_every_forgery_applies_somewhere() -> None:
    """No row of the table is dead: each forgery applies with three published keys and everything declared."""
    keys = tuple(PublicKey.from_pem(public_pem(KEYS["RS256"])) for _ in range(3))
    m = material("RS256", public_keys=keys)
    assert [forgery.name for forgery in FORGERIES if forgery.forge(m) is None] == []


def test_names_and_sentences_are_unique() -> None:
    """A forgery is known by its name and its sentence; both name one thing."""
    assert len({forgery.name for forgery in FORGERIES}) == len(FORGERIES)
    assert len({(forgery.weakness, forgery.title) for forgery in FORGERIES}) >= len(FORGERIES) - 1
    assert {forgery.needs for forgery in FORGERIES} == {"token", "key", "jwks", "listener"}


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_needs_says_what_it_takes(forgery: Forgery) -> None:
    """A forgery applies without whatever it does not say it needs."""
    have: dict[str, dict[str, Any]] = {
        "token": {"key": None, "public_keys": (), "listener": None},
        "key": {"public_keys": (), "listener": None},
        "jwks": {"key": None, "listener": None},
        "listener": {"key": None, "public_keys": ()},
    }
    algorithm = "RS256" if forgery.needs in {"jwks", "key"} else "HS256"
    m = material(algorithm, **have[forgery.needs])
    if forgery.needs == "jwks":
        m = material("RS256", key=None, public_keys=m.public_keys * 3, listener=None)
    assert forgery.forge(m) is not None
    lacking: dict[str, dict[str, Any]] = {
        "token": {},
        "key": {"key": None},
        "jwks": {"public_keys": ()},
        "listener": {"listener": None},
    }
    if lacking[forgery.needs]:
        assert forgery.forge(material("RS256", **lacking[forgery.needs])) is None


@pytest.mark.parametrize("weakness", ["audience", "issuer", "lifetime"])
def test_what_is_not_declared_is_not_forged(weakness: str) -> None:
    """A service that declares no audience, issuer or lifetime is not blamed for ignoring it."""
    m = material(audience=None, issuer=None, max_lifetime=None)
    assert [forgery.forge(m) for forgery in forgeries_of(f"tokens.{weakness}")] == [None] * len(
        forgeries_of(f"tokens.{weakness}")
    )


def test_a_forgery_repeats_with_its_seed() -> None:
    """The same material gives the same HMAC and RSA forgeries, another seed other keys."""
    m = material()
    for name in ("signature-foreign", "random-string", "header-jwk-rsa", "header-x5c"):
        forgery = next(forgery for forgery in FORGERIES if forgery.name == name)
        assert forgery.forge(m) == forgery.forge(m)
    assert stranger_key("HS256", 1) != stranger_key("HS256", 2)
    assert stranger_key("unknown", 1) is None


def test_material_hides_its_token_and_key() -> None:
    """Neither the token nor the key shows in what is logged by mistake."""
    m = material()
    assert m.token.value not in repr(m)
    assert SECRET not in repr(m)
    assert "alice" not in repr(m)


# Flawed verifiers: each gives in to one thing, and must accept a forgery made for that weakness.


def header_of(token: str) -> Mapping[str, Any]:
    """Return the header of a token, as a naive verifier reads it."""
    return decode(token)[0]


def opened(token: str, key: bytes) -> object | None:
    """Return the claims of a token under an HMAC key of any length, None when another key signed it."""
    header, claims, _ = decode(token)
    return claims if token == mint(claims, header, key, "HS256") else None


def unverified(token: str, m: Material) -> object:
    """Ignore the signature, as with `verify_signature` off, and check the rest."""
    return sound(token, m, options={"verify_signature": False, "verify_exp": True, "verify_aud": True})


def allowing_none(token: str, m: Material) -> object:
    """Take a token that says it has no signature at its word."""
    if header_of(token + "." if token.count(".") == 1 else token)["alg"].lower() == "none":
        return token
    return sound(token, m)


def confused(token: str, m: Material, shape: Callable[[PublicKey], str | bytes]) -> object:
    """Let the header pick HMAC and use the published key as its secret."""
    key = shape(m.public_keys[0])
    raw = key.encode() if isinstance(key, str) else key
    return opened(token, raw) if header_of(token)["alg"] == "HS256" else sound(token, m)


def by_kid(token: str, m: Material) -> object:
    """Read the key from a file named by the token."""
    kid = str(header_of(token)["kid"])
    empty = PurePosixPath(kid).parts[-2:] == ("dev", "null")
    return opened(token, b"") if empty else sound(token, m)


def without_a_key(token: str, m: Material) -> object:
    """Take a token at its word where its key id names none of the keys that there are."""
    return sound(token, m) if header_of(token).get("kid") == m.header.get("kid") else token


def embedded(token: str, m: Material) -> object:
    """Trust the key that the token brings along."""
    header = header_of(token)
    if "jwk" not in header:
        return sound(token, m)
    return jwt.decode(token, jwt.PyJWK(header["jwk"]), algorithms=["RS256", "ES256", "HS256"], audience=AUDIENCE)


def fetched(token: str, m: Material) -> object:
    """Fetch the key from where the token says, which is where the harness listens."""
    header = header_of(token)
    if str(header.get("jku")) != f"{LISTENER}/jwks.json":
        return sound(token, m)
    [key] = stranger_jwks(m.seed)["keys"]
    return jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience=AUDIENCE)


def chained(token: str, m: Material) -> object:
    """Trust the certificate that the token brings along."""
    chain = header_of(token).get("x5c")
    if not chain:
        return sound(token, m)
    certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0]))
    assert certificate == stranger_certificate(m.seed, m.now)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE)


def without_lifetime(token: str, m: Material) -> object:
    """Check everything but the declared lifetime."""
    return sound(token, material(token=m.token, max_lifetime=None))


def loose_subject(token: str, m: Material) -> object:
    """Ask for nothing about the subject."""
    key = m.key.value if m.key else ""
    return jwt.decode(token, key, algorithms=["HS256"], audience=AUDIENCE, options={"verify_sub": False})


def substring_audience(token: str, m: Material) -> object:
    """Look for the right audience anywhere in the one claimed."""
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})
    if AUDIENCE not in str(claims.get("aud")):
        raise jwt.InvalidAudienceError
    return claims


def default_key(token: str, m: Material) -> object:
    """Accept tokens under a development secret as well."""
    return opened(token, b"changeme") or sound(token, m)


def structureless(token: str, m: Material) -> object:
    """Verify by the rule, but do not know the header parameter `crit`."""
    return opened(token, SECRET.encode()) or sound(token, m)


FLAWS: Mapping[str, tuple[str, Callable[[str, Material], object]]] = {
    "tokens.missing": ("absent", lambda token, m: token or "anonymous"),
    "tokens.garbage": ("random-string", lambda token, _: token),
    "tokens.signature": ("signature-foreign", unverified),
    "tokens.algorithm-none": ("algorithm-nOnE-empty", allowing_none),
    "tokens.default-secret": (f"default-secret-{DEFAULT_SECRETS.index('changeme') + 1:02}", default_key),
    "tokens.expiry": ("expired-minute", lambda token, m: sound(token, m, options={"verify_exp": False})),
    "tokens.expiry-required": (
        "expiry-missing",
        lambda token, _: jwt.decode(token, SECRET, algorithms=["HS256"], audience=AUDIENCE),
    ),
    "tokens.not-before": ("not-before-hour", lambda token, m: sound(token, m, options={"verify_nbf": False})),
    "tokens.audience": ("audience-other", lambda token, m: sound(token, m, options={"verify_aud": False})),
    "tokens.issuer": ("issuer-other", lambda token, m: sound(token, m, issuer=None)),
    "tokens.subject": ("subject-null", loose_subject),
    "tokens.key-id": ("key-id-traversal", by_kid),
    "tokens.header-key": ("header-jwk-rsa", embedded),
    "tokens.unknown-key": ("key-unpublished", without_a_key),
    "tokens.lifetime": ("lifetime-month", without_lifetime),
    "tokens.structure": ("critical-unknown", structureless),
}


@pytest.mark.parametrize("weakness", list(FLAWS))
def test_a_flawed_verifier_accepts_a_forgery_of_its_weakness(weakness: str) -> None:
    """Each weakness is caught by the forgery that was made for it, which the flaw lets in."""
    name, flawed = FLAWS[weakness]
    m = material()
    forgery = next(forgery for forgery in forgeries_of(weakness) if forgery.name == name)
    token = forgery.forge(m)
    assert token is not None
    assert flawed(token, m)
    assert flawed(m.token.value, m), "the flaw must still accept the valid token"


@pytest.mark.parametrize(
    ("shape", "secret"),
    [
        ("pem", lambda key: key.pem),
        ("pem-bare", lambda key: key.pem.strip()),
        ("pem-pkcs1", lambda key: key.pkcs1),
        ("der", lambda key: key.der),
        ("jwk", lambda key: json.dumps(key.jwk, separators=(",", ":"))),
        ("jwk-spaced", lambda key: json.dumps(key.jwk)),
        ("jwk-sorted", lambda key: json.dumps(key.jwk, separators=(",", ":"), sort_keys=True)),
    ],
)
def test_confusion_is_found_in_each_shape_of_the_key(shape: str, secret: Callable[[PublicKey], str | bytes]) -> None:
    """A verifier that takes the public key for an HMAC secret falls for the shape it holds the key in."""
    m = material("RS256")
    token = next(f for f in FORGERIES if f.name == f"confusion-{shape}-1").forge(m)
    assert token is not None
    assert confused(token, m, secret)


@pytest.mark.parametrize(
    ("name", "flawed"),
    [
        ("header-jwk-ec", embedded),
        ("header-jwk-secret", embedded),
        ("header-jku", fetched),
        ("header-x5c", chained),
        ("audience-longer", substring_audience),
        ("audience-ending", substring_audience),
        ("audience-list-longer", substring_audience),
        ("payload-subject", unverified),
        ("algorithm-none-unsigned", allowing_none),
        ("algorithm-NONE-signed", allowing_none),
        ("key-id-absolute", by_kid),
        ("lifetime-huge", without_lifetime),
        ("key-empty", without_a_key),
        ("subject-empty", loose_subject),
        ("subject-zero", loose_subject),
        ("expired-epoch", lambda token, m: sound(token, m, options={"verify_exp": False})),
    ],
)
def test_variants_of_a_flaw_are_found_too(name: str, flawed: Callable[[str, Material], object]) -> None:
    """A second way to have the same weakness is met by a forgery of its own."""
    m = material()
    token = next(forgery for forgery in FORGERIES if forgery.name == name).forge(m)
    assert token is not None
    assert flawed(token, m)


def test_every_weakness_has_a_flaw_here() -> None:
    """No weakness is listed whose forgeries nobody has seen accepted."""
    assert {forgery.weakness for forgery in FORGERIES} == {*FLAWS, "tokens.algorithm-confusion"}


def test_forgeries_of_an_unknown_weakness_is_an_error() -> None:
    """A misspelt weakness does not quietly select nothing."""
    with pytest.raises(ValueError, match="expiri"):
        forgeries_of("tokens.expiri")


@given(st.integers(0, 2**32))
def test_flipped_bits_change_the_decoded_signature(seed: int) -> None:
    """Flipping changes bytes that count, not the unused bits of the last base64 digit."""
    m = material(signing=f"key {seed} that is long enough for a secret")
    for name in ("signature-first-bit", "signature-last-bit"):
        token = next(forgery for forgery in FORGERIES if forgery.name == name).forge(m)
        assert token is not None
        flipped = bytes(a ^ b for a, b in zip(decode(token)[2], m.signature, strict=True))
        assert sum(byte.bit_count() for byte in flipped) == 1
        assert decode(token)[:2] == (m.header, m.claims)


@given(st.sampled_from(forgeries_of("tokens.expiry", "tokens.audience", "tokens.issuer", "tokens.subject")))
def test_a_claim_forgery_changes_one_claim(forgery: Forgery) -> None:
    """Everything but the one claim is as in the valid token."""
    m = material()
    token = forgery.forge(m)
    assert token is not None
    header, claims, _ = decode(token)
    missing = object()
    changed = [name for name in {*claims, *m.claims} if claims.get(name, missing) != m.claims.get(name, missing)]
    assert header == m.header
    assert len(changed) == 1


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4), st.binary(min_size=48))
def test_minting_is_read_back(claims: dict[str, Any], key: bytes) -> None:
    """What was minted decodes to the same claims and verifies under PyJWT."""
    token = mint(claims, {"alg": "HS384"}, key, "HS384")
    assert decode(token)[:2] == ({"alg": "HS384"}, claims)
    assert json.loads(jwt.PyJWS().decode(token, key, algorithms=["HS384"])) == claims


@pytest.mark.parametrize("algorithm", ["RS384", "PS256", "PS512"])
def test_rsa_in_all_its_kinds(algorithm: str) -> None:
    """RSA signatures of every padding and digest verify under PyJWT."""
    token = mint({"sub": "a"}, {"alg": algorithm}, KEYS["RS256"], algorithm)
    assert jwt.decode(token, public_pem(KEYS["RS256"]), algorithms=[algorithm]) == {"sub": "a"}


@pytest.mark.parametrize("algorithm", ["HS1", "ES256", "nothing", ""])
def test_an_algorithm_that_does_not_fit_the_key_is_refused(algorithm: str) -> None:
    """Minting with an unknown algorithm, or one for another key, is an error of the caller."""
    with pytest.raises(ValueError, match="cannot sign"):
        mint({}, {}, KEYS["RS256"], algorithm)


@pytest.mark.parametrize(
    "bad", ["", "a.b", "a.b.c", "a.b.c.d", f"{encode_part('[]')}.{encode_part('{}')}.", "é.e30.e30"]
)
def test_what_is_no_token_is_not_decoded(bad: str) -> None:
    """Anything but three parts of JSON objects is a ValueError, never another error."""
    with pytest.raises(ValueError):
        decode(bad)


def test_assemble_signs_any_text() -> None:
    """A payload that is no JSON is signed all the same."""
    token = assemble("{}", "not json", "k", "HS256")
    assert base64.urlsafe_b64decode(token.split(".")[1] + "==") == b"not json"


def test_public_keys_have_every_shape() -> None:
    """A key read from PEM and from its JWK is the same; a symmetric or broken one is refused."""
    for algorithm in ("RS256", "ES256", "EdDSA"):
        key = PublicKey.from_pem(public_pem(KEYS[algorithm]))
        assert PublicKey.from_jwk(key.jwk).der == key.der
        assert (key.pkcs1 is None) is (algorithm != "RS256")
    for bad in ({"kty": "oct", "k": "c2VjcmV0"}, {"kty": "RSA"}, {}):
        with pytest.raises(ValueError, match="expected a public"):
            PublicKey.from_jwk(bad)


def test_foreign_rsa_keys_are_real_keys() -> None:
    """A reproducible key passes the consistency checks of the library and has 2048 bits."""
    key = serialization.load_pem_private_key(stranger_rsa(3).encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048
    assert stranger_rsa(3) != stranger_rsa(1)


@pytest.mark.parametrize("secret", ["", "secret", "jwt-secret", "Changeme123", "super_secret", DEFAULT_SECRETS[-1]])
def test_a_usual_secret_is_cracked(secret: str) -> None:
    """The word list finds a planted weak secret, the empty one included."""
    for algorithm in ("HS256", "HS384", "HS512"):
        assert crack(mint({"sub": "a"}, {"alg": algorithm}, secret, algorithm), WORDS) == secret


@pytest.mark.parametrize(
    ("secret", "title"), [("notes-api", "Notes API"), ("secret_notesapi", "Notes API"), ("notes-jwt", "Notes API")]
)
def test_a_secret_made_of_the_name_is_cracked(secret: str, title: str) -> None:
    """What a service is called is no secret, with the usual words beside it or without."""
    assert crack(mint({"sub": "a"}, {"alg": "HS256"}, secret, "HS256"), named_after(title)) == secret


def test_a_short_number_is_cracked() -> None:
    """Numbers are walked to the last, those that begin with zeros too."""
    for secret in ("7", "0007", "9999"):
        assert crack(mint({"sub": "a"}, {"alg": "HS256"}, secret, "HS256"), numbers(4)) == secret


def test_a_good_secret_is_not_cracked() -> None:
    """A long random secret stands, and an RSA signature has no secret to guess."""
    assert crack(material().token.value, WORDS) is None
    assert crack(material("RS256").token.value, WORDS) is None
    with pytest.raises(ValueError, match="three parts"):
        crack("nonsense", WORDS)


def test_the_word_list_is_bounded() -> None:
    """Guessing stays cheap: no more than 5,000 words, none twice."""
    assert 300 <= len(WORDS) <= 5000
    assert len(set(WORDS)) == len(WORDS)
