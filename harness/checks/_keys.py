"""What opens something by itself, wherever it stands: keys, tokens and addresses with a password (CWE-798, CWE-200).

The forms are those that their issuers have chosen so that they are recognised. Left out is what is public by design or
given to users: keys for browsers, addresses that are signed for a while, a service's own keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._disclosure import Clue
from harness.evidence.redact import forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.lab import Lab

SHORTEST = 8
SHOWN = 12  # enough to know what it is, too little to use it
ADDRESS = Clue.of(r"\b[a-z][a-z0-9+.-]{2,20}://[^\s:/@\"']{0,100}:[^\s/@\"'*<{$]{1,200}@[^\s\"']{1,200}", "://")
KEYS = (
    ADDRESS,
    Clue.of(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----", "-----BEGIN "),
    Clue.of(r"\bAKIA[0-9A-Z]{16}\b(?!(?:/|%2F)\d{8})", "AKIA"),
    Clue.of(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60})", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"
    ),
    Clue.of(r"\bxox[abeoprs]-[A-Za-z0-9-]{20,200}", "xox"),
    Clue.of(r"\b(?:ya29\.[\w-]{40,400}|GOCSPX-[\w-]{28})", "ya29.", "GOCSPX-"),
    Clue.of(r"\bSG\.[\w-]{22}\.[\w-]{43}", "SG."),
    Clue.of(r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgEI[\w-]{50,300}|glpat-[\w-]{20})", "npm_", "pypi-AgEI", "glpat-"),
)


def known(lab: Lab) -> Callable[[str], str | None]:
    """Return a look for the secrets that this run knows, as they are and in the usual encodings."""
    secrets = list(lab.session.service.generated.values()) if lab.session.service else []
    if lab.session.introductions.minter is not None:
        secrets.append(lab.session.introductions.minter.key.value)
    written = tuple(form for each in set(secrets) if len(each) >= SHORTEST for form in forms(each))
    return lambda text: next(("known secret" for form in written if form in text), None)
