"""Secrets do not survive redaction in any form."""

from __future__ import annotations

import base64
import html
import json
import re
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ConfigurationError
from harness.evidence.redact import Redactor, forms
from harness.model import Exchange, Request, Response

SECRET = 'p@ss/w+rd "ö" & <x>='
TOKEN = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJhbGljZSJ9." + "c2lnbmF0dXJlLXNpZ25hdHVyZQ"
FORMS = {
    "raw": SECRET,
    "json": json.dumps(SECRET)[1:-1],
    "json in json": json.dumps(json.dumps(SECRET))[3:-3],
    "json, UTF-8": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "html": html.escape(SECRET),
    "url": quote(SECRET, safe=""),
    "url, lower case": re.sub("%..", lambda found: found[0].lower(), quote(SECRET, safe="")),
    "form": quote_plus(SECRET),
    "hex": SECRET.encode().hex(),
    "HEX": SECRET.encode().hex().upper(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_known_secret_is_replaced_in_every_written_form(form: str) -> None:
    """Raw, escaped, URL-encoded and hexadecimal forms become the marker of the secret."""
    redactor = Redactor({SECRET: "alice's password"})
    assert redactor.text(f"before {form} after") == "before <alice's password> after"


@given(before=st.binary(max_size=9), after=st.binary(max_size=9), url_safe=st.booleans())
def test_base64_hides_a_secret_at_no_alignment(before: bytes, after: bytes, url_safe: bool) -> None:
    """Whatever stands around the secret, the characters that encode it alone are gone."""
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    cleaned = Redactor([SECRET]).text(encode(before + SECRET.encode() + after).decode())
    assert "<a secret>" in cleaned
    kept = len(cleaned) - len("<a secret>")
    assert kept <= 4 * ((len(before) + len(after)) // 3 + 4)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=6, max_size=60))
def test_no_form_of_a_secret_is_so_short_that_other_text_holds_it(secret: str) -> None:
    """A form of one or two characters would find the secret in every text."""
    assert min(map(len, forms(secret))) >= 6


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<>"), min_size=4, max_size=60),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_any_secret_is_gone_from_any_text(secret: str, before: str, after: str) -> None:
    """Where a secret stands in a text, its marker stands afterwards, and bytes are treated as text is."""
    redactor = Redactor({secret: "x"})
    cleaned = redactor.text(before + secret + after)
    assert "<x>" in cleaned
    assert secret not in cleaned.replace("<x>", "")
    assert redactor.data((before + secret + after).encode()) == cleaned.encode()


def test_bytes_that_are_not_text_stay_as_they_are() -> None:
    """Only the secret changes in binary data."""
    assert Redactor(["sekrit"]).data(b"\xff\x00sekrit\xfe") == b"\xff\x00<a secret>\xfe"


def test_what_looks_like_a_token_goes_even_if_nobody_named_it() -> None:
    """A JWT in any text is replaced, also where its signature is cut off."""
    redactor = Redactor()
    assert redactor.text(f"token={TOKEN};") == "token=<a token>;"
    assert redactor.text(TOKEN.rpartition(".")[0]) == "<a token>"


def test_the_signature_of_a_known_token_is_a_secret_by_itself() -> None:
    """Whoever splits a token at its dots leaks nothing that completes it."""
    assert Redactor([TOKEN]).text(TOKEN.rpartition(".")[2]) == "<a secret>"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", "Bearer opaque-123456", "Bearer <redacted>"),
        ("authorization", "Bearer known-secret", "Bearer <alice's credential>"),
        ("X-Api-Key", "abc", "<redacted>"),
        ("Cookie", "theme=dark; session=known-secret", "theme=<redacted>; session=<alice's credential>"),
        ("Set-Cookie", "sid=1234567; Path=/; HttpOnly; Max-Age=60", "sid=<redacted>; Path=/; HttpOnly; Max-Age=60"),
        ("X-Auth-Token", "123", "<redacted>"),
        ("X-RateLimit-Remaining", "99", "99"),
        ("X-Request-Id", "known-secret", "<alice's credential>"),
    ],
)
def test_headers_that_carry_credentials_lose_their_value(name: str, value: str, expected: str) -> None:
    """Known or not, a credential in a header goes; names of cookies and harmless attributes stay."""
    assert Redactor({"known-secret": "alice's credential"}).headers(((name, value),)) == ((name, expected),)


def test_fields_that_hold_credentials_lose_their_value() -> None:
    """A login answer with an opaque token shows that there was one, not which."""
    cleaned = json.loads(Redactor().data(b'{"access_token": "op\\"aque", "token_type": "bearer", "password": ""}'))
    assert cleaned == {"access_token": "<redacted>", "token_type": "bearer", "password": ""}


def test_an_exchange_is_cleaned_throughout() -> None:
    """Target, headers and bodies both ways, and the error."""
    exchange = Exchange(
        id="x1",
        user="alice",
        request=Request(method="POST", target="/a?key=sekrit", headers=(("X-Note", "sekrit"),), body=b"sekrit"),
        response=Response(status=200, headers=(("X-Echo", "sekrit"),), body=b"sekrit"),
        error="no sekrit",
    )
    assert "sekrit" not in repr(Redactor(["sekrit"]).exchange(exchange))
    cleaned = Redactor(["sekrit"]).exchange(exchange)
    assert (cleaned.request.body, cleaned.body) == (b"<a secret>", b"<a secret>")


def test_a_secret_too_short_to_hide_is_refused_without_showing_it() -> None:
    """Three letters cannot be told from ordinary text."""
    with pytest.raises(ConfigurationError, match="at least 4 characters") as caught:
        Redactor().add("abc", "bob's password")
    assert "abc" not in str(caught.value)
    assert "sekrit" not in repr(Redactor(["sekrit"]))


def test_thousands_of_bodies_are_no_burden() -> None:
    """With forty tokens known, a body of four kilobytes takes about a millisecond."""
    redactor = Redactor([f"{TOKEN}{number:032x}" for number in range(40)])
    body = json.dumps({"text": "ordinary words " * 250}).encode()
    redactor.data(body)
    started = time.perf_counter()
    for _ in range(100):
        redactor.data(body)
    assert (time.perf_counter() - started) / 100 < 0.02
