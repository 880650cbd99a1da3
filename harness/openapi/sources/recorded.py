"""One request of a recording or collection, whatever format it comes from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.openapi.inference.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MISSING = object()
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
SECRET_WORDS = frozenset(
    {
        *(
            "password",
            "passwd",
            "pwd",
            "pass",
            "passphrase",
            "secret",
            "token",
            "jwt",
            "auth",
            "authorization",
            "bearer",
        ),
        *(
            "credential",
            "credentials",
            "session",
            "sid",
            "sessid",
            "cookie",
            "csrf",
            "xsrf",
            "otp",
            "pin",
            "code",
            "key",
        ),
        *("apikey", "signature", "sig", "nonce", "ssn", "iban", "card", "cvv", "cvc", "hash", "salt", "private"),
    }
)
_CARRIERS = frozenset({"token", "apikey", "session", "jwt", "auth"})
_NO_CARRIERS = frozenset({"csrf", "xsrf"})


class Carrier(NamedTuple):
    """Where a credential was carried: bearer, basic, or a header or cookie of a name, maybe after a word."""

    kind: str
    name: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request, and its answer where there is one; `url` may hold {name} where the source names a variable.

    `body` and `answer` are values as parsed, MISSING where there is none; `files` are the form fields that are files.
    `open` says that the source itself says that no credential goes with it.
    """

    method: str
    url: str
    query: tuple[str, ...] = ()
    media: str = ""
    body: Any = MISSING
    files: frozenset[str] = frozenset()
    status: int | None = None
    answer: Any = MISSING
    answer_media: str = ""
    answer_headers: tuple[str, ...] = ()
    location: str = ""
    carrier: Carrier | None = None
    open: bool = False
    name: str = ""


def carrier_in(headers: Iterable[tuple[str, str]], cookies: Iterable[str] = ()) -> Carrier | None:
    """Return where the credential of a request is, by the names of its headers and cookies."""
    found: Carrier | None = None
    names = list(cookies)
    for name, value in headers:
        if name.lower() == "authorization" and value.strip():
            return authorization(value)
        if name.lower() == "cookie":
            names += [pair.partition("=")[0].strip() for pair in value.split(";")]
        elif is_carrier(name):
            found = found or Carrier("header", name)
    return found or next((Carrier("cookie", name) for name in names if is_carrier(name, cookie=True)), None)


def authorization(value: str) -> Carrier:
    """Return how an Authorization header carries its credential: RFC 6750, 7617, or a word of the service's own."""
    word, _, rest = value.strip().partition(" ")
    if word.lower() in {"bearer", "basic"}:
        return Carrier(word.lower())
    return Carrier("header", "Authorization", word if rest and word.isalpha() else "")


def is_carrier(name: str, *, cookie: bool = False) -> bool:
    """Whether a header or cookie of this name carries a credential."""
    found = set(words(name))
    if not found.isdisjoint(_NO_CARRIERS) or any(one in name.lower() for one in _NO_CARRIERS):
        return False
    said = bool(found & _CARRIERS) or {"api", "key"} <= found
    return said or (cookie and re.search(r"sess|(^|[._-])sid$", name.lower()) is not None)


def parsed_json(text: object) -> Any:
    """Return the value of a JSON text, MISSING for anything else."""
    try:
        return json.loads(text) if isinstance(text, str) and text.strip() else MISSING
    except (ValueError, RecursionError):
        return MISSING


def body_of(media: str, text: object, fields: Iterable[Mapping[str, Any]]) -> tuple[str, Any, frozenset[str]]:
    """Return media type, value and file fields of a body that is given as a text or as the fields of a form.

    A field is `{"name": ..., "value": ...}`, and a file where it has a `fileName`.
    """
    kind = media.partition(";")[0].strip().lower()
    known = [one for one in fields if isinstance(one.get("name"), str) and one["name"]]
    if known or kind in {FORM, MULTIPART}:
        files = frozenset(one["name"] for one in known if one.get("fileName") is not None)
        return kind or FORM, {one["name"]: one.get("value") for one in known}, files
    value = parsed_json(text)
    return (
        (kind if "json" in kind else JSON, value, frozenset()) if value is not MISSING else (kind, MISSING, frozenset())
    )


def items(value: Any) -> list[dict[str, Any]]:
    """Return the mappings of a list, nothing for what is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
