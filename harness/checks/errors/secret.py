"""Secrets in an error (CWE-209): connection strings, keys, paths of the server, and the secrets that this run knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._watching import StatusWatcher
from harness.checks.errors._disclosure import Clue, Sensitive, disclosed, first
from harness.evidence.redact import forms
from harness.model import Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.lab import Lab

SHORTEST = 8
SHOWN = 12  # enough to know what it is, too little to use it
FOLDERS = ("home", "usr", "var", "srv", "opt", "etc", "root", "Users", "app/src", "app/lib")
CLUES = (
    Clue.of(r"\b[a-z][a-z0-9+.-]{2,20}://[^\s:/@\"']{0,100}:[^\s/@\"']{1,200}@[^\s\"']{1,200}", "://"),
    Clue.of(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----", "-----BEGIN "),
    Clue.of(r"\bAKIA[0-9A-Z]{16}\b", "AKIA"),
    Clue.of(
        rf"(?<![\w/.:-])/(?:{'|'.join(FOLDERS)})/[\w.-]{{1,100}}(?:/[\w.-]{{1,100}})*",
        *(f"/{folder}/" for folder in FOLDERS),
    ),
    Clue.of(r"\b[A-Z]:\\(?:\\?[\w .-]{1,100}\\){1,20}", ":\\"),
    Clue.of(r"(?:\$2[aby]\$\d\d\$|\$argon2i?d?\$|\$scrypt\$|pbkdf2_?sha)[\w./+=,$:-]{10,200}", "$", "pbkdf2"),
)
EXAMPLES = (
    "could not connect to postgresql://service:hunter2hunter2@db.internal:5432/things",
    f"-----BEGIN {'RSA'} PRIVATE KEY-----",  # in two pieces: the repository holds nothing that looks like a key
    "no such file: /var/lib/things/1.db",
)


@watcher(severity=Severity.HIGH, catches=["errors.secret"], owasp="API8:2023", cwe=209)
def secret(lab: Lab) -> Sensitive:
    """No error holds a secret, a connection string or a path of the server."""
    shapes, known = first(CLUES), _known(lab)

    def look(text: str) -> str | None:
        return shapes(text) or known(text)

    watch = StatusWatcher(
        lab=lab,
        subject="secrets",
        claim="errors without a secret",
        judge=lambda seen: disclosed(seen, "a secret", look, SHOWN),
        front=True,
    )
    return Sensitive(watch, look, EXAMPLES)


def _known(lab: Lab) -> Callable[[str], str | None]:
    """Return a look for the secrets that this run knows, as they are and in the usual encodings."""
    secrets = list(lab.session.service.generated.values()) if lab.session.service else []
    if lab.session.introductions.minter is not None:
        secrets.append(lab.session.introductions.minter.key.value)
    written = tuple(form for each in set(secrets) if len(each) >= SHORTEST for form in forms(each))
    return lambda text: next(("known secret" for form in written if form in text), None)
