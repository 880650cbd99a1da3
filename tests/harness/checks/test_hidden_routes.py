"""What a page that no document names shows: settings and secrets, told from what merely speaks of them."""

from __future__ import annotations

import pytest

from harness.checks.exposure.hidden_routes import _content
from tests.harness.checks.bench import exchange


@pytest.mark.parametrize(
    "body",
    [
        b"DEBUG=1\nDATABASE_PASSWORD=not-a-real-one\n",
        b"export SECRET_KEY=abcdef\n",
        b"[core]\n\trepositoryformatversion = 0\n",
        {"spring": {"datasource.password": "hunter22"}},
        {"mail": "alice@example.com"},
    ],
)
def test_a_secret_and_what_is_personal_are_seen(body: object) -> None:
    """In a file of settings, in a dump of them, in a list of people."""
    assert _content(exchange(body=body), {"alice@example.com"}) is not None


@pytest.mark.parametrize(
    "body",
    [
        {"passwordPolicy": "at least 12 characters"},
        {"forgot_password": "/auth/forgot-password"},
        {"password": "********"},
        {"mail": "support@example.com"},
        b"<form><input name=password></form>",
    ],
)
def test_what_speaks_of_secrets_is_none(body: object) -> None:
    """A policy, a link, what is masked and a form are for everybody."""
    assert _content(exchange(body=body), {"alice@example.com"}) is None


def test_a_refusal_shows_nothing() -> None:
    """Whatever is in it."""
    assert _content(exchange(404, b"SECRET_KEY=abcdef\n"), set()) is None
