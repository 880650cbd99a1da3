"""What a credential looks like in an answer: by the name of its field, and by its own shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Exchange

NAMES = re.compile(
    r"^_?(hashed_?)?(pass_?word|passwd|pwd|password_?(hash|digest|salt|encrypted)|pass_?hash|pwd_?hash|"
    r"encrypted_?password|salt|totp_?secret|otp_?secret|mfa_?secret|two_?factor_?secret|reset_?token|"
    r"password_?reset_?token|recovery_?codes?|private_?key|security_?answer)$",
    re.IGNORECASE,
)
SHAPES = re.compile(
    r"(\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(id|i|d)\$v=|\$scrypt\$|^scrypt[:$]|pbkdf2[_:-]sha(1|256|512)[$:]|"
    r"\$pbkdf2|^\{S?SHA\d*\}|\$[156]\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----)"
)
MASKED = re.compile(r"^[*•xX.\s]*$")


def credentials_in(exchange: Exchange) -> str | None:
    """Return the path of the first field of a JSON answer that holds a credential, None if there is none."""
    document = requests.parsed(exchange.body)
    return next((path for path, value in _fields("", document) if _secret(path.rpartition("/")[2], value)), None)


def _secret(name: str, value: Any) -> bool:
    if not isinstance(value, str) or MASKED.match(value):
        return False
    return bool(NAMES.match(name) or SHAPES.search(value))


def _fields(path: str, node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _fields(f"{path}/{name}", value)
    elif isinstance(node, list):
        for value in node:
            yield from _fields(path, value)
    elif node is not requests.MISSING:
        yield path, node
