"""Secrets in an error (CWE-209): connection strings, keys, paths of the server, and the secrets that this run knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._disclosure import Clue, Sensitive, disclosed, first
from harness.checks._keys import KEYS, SHOWN, known
from harness.checks._watching import StatusWatcher
from harness.model import Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab

FOLDERS = ("home", "usr", "var", "srv", "opt", "etc", "root", "Users", "app/src", "app/lib")
CLUES = (
    *KEYS,
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
    shapes, ours = first(CLUES), known(lab)

    def look(text: str) -> str | None:
        return shapes(text) or ours(text)

    watch = StatusWatcher(
        lab=lab,
        subject="secrets",
        claim="errors without a secret",
        judge=lambda seen: disclosed(seen, "a secret", look, SHOWN),
        front=True,
    )
    return Sensitive(watch, look, EXAMPLES)
