"""What counts as a text that was cut, and what as one that was put into other words."""

from __future__ import annotations

import pytest

from harness.checks.integrity.whole_texts import is_made_of, loss_of

SENT = "word Stra\u00dfe \u6f22\u5b57 \U0001f600 end"


@pytest.mark.parametrize(
    ("shown", "is_loss"),
    [
        (SENT[:9], True),
        (SENT.replace("\U0001f600", "?"), True),
        (SENT.encode("latin-1", "replace").decode("latin-1"), True),
        (SENT.encode().decode("latin-1"), True),
        (SENT, False),
        ("", False),
        (None, False),
        (SENT[:9] + "\u2026", False),
        ("word-strasse-end", False),
        (SENT.upper(), False),
    ],
    ids=["cut", "astral", "latin", "misread", "whole", "empty", "absent", "excerpt", "slug", "upper case"],
)
def test_only_what_lost_something_and_is_otherwise_the_same_is_a_loss(shown: str | None, *, is_loss: bool) -> None:
    """An excerpt that says it is one, a slug and another case are what a service may show by design."""
    assert (loss_of(SENT, shown) is not None) == is_loss


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [("k3-as-it-was-sent-2", True), ("K3_As_It_Was_Sent", True), ("7", False), ("5f3e-41", False)],
)
def test_an_identifier_of_words_grows_with_them(identifier: str, *, expected: bool) -> None:
    """A slug is made of the title; a number or an UUID is not."""
    assert is_made_of(identifier, "as it was sent") is expected
