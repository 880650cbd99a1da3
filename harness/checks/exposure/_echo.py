"""Where an answer repeats a credential of this run that its request was only sent with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.evidence.redact import is_sensitive

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Exchange

SHORTEST = 12
WORD = re.compile(rf"[A-Za-z0-9._~+/%-]{{{SHORTEST},}}=*")  # what a credential is made of (RFC 6750, section 2.1)
LONGEST = 200_000  # bytes of a body in which credentials are looked for


def repeated(lab: Lab, exchange: Exchange, *, body: bool = True) -> str | None:
    """Return where an answer repeats a credential of this run ("body", "header X"), None where it does not.

    Headers that are made for credentials may hold them: some services hand a new or the same one out with every answer.
    What the request says itself, in its target, body or headers, may come back too, and so may the name of its user.
    """
    answer, request, users = exchange.response, exchange.request, lab.session.introductions
    if answer is None:
        return None
    carrier = (lab.scenario.users.credential.header or "").lower()
    names = (each for each in answer.headers if not is_sensitive(each[0]) and each[0].lower() != carrier)
    places = {f"header {name}": value for name, value in names}
    if body:
        places["body"] = answer.body[:LONGEST].decode("utf-8", "replace")
    found = ((place, word) for place, text in places.items() for word in _words(text) if word in users.credentials)
    said = f"{request.target}\n{request.headers}\n{request.body[:LONGEST].decode('utf-8', 'replace')}"
    return next((place for place, word in found if word not in said and word != exchange.subject), None)


def _words(text: str) -> set[str]:
    """Return what may be a credential, without the full stop of a sentence that ends with it."""
    found = set(WORD.findall(text.replace("\\/", "/")))
    return found | {word.rstrip(".") for word in found}
