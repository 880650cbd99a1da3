"""Passwords that are made pass the rules that services usually have."""

from __future__ import annotations

import re

import pytest

from harness.identities.passwords import new_password


@pytest.mark.parametrize(
    "rule",
    [
        r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,}$",
        r"^(?=.*[A-Za-z])(?=.*\d)[!-~]{8,16}$",
        r"^[^\s<>\"'\\;]{10,64}$",
    ],
)
def test_usual_rules_accept_it(rule: str) -> None:
    """Both cases, a digit, one of the usual marks and no other, not longer than 16 characters."""
    made = [new_password() for _ in range(50)]
    assert all(re.fullmatch(rule, each) for each in made)
    assert len(set(made)) == len(made)
