"""Removing secrets from everything that is written, in every form in which they may turn up."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from harness.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.model import Exchange, Headers

SHORTEST = 4
REMEMBERED = 10_000
_DERIVED_SHORTEST = 6
_SIGNATURE_SHORTEST = 16
_SENSITIVE = re.compile(
    r"(^|[-_])(authorization|cookie2?|api-?key|apikey|access-?key|token|secret|password|passwd|credentials?|session|jwt)([-_]|$)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^(Bearer|Basic|Token|Digest|ApiKey|JWT)\s+", re.IGNORECASE)
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?")
_FIELD = re.compile(
    rb'("(?:access_token|refresh_token|id_token|client_secret|password|new_password|old_password|api_key)"\s*:\s*)"((?:[^"\\]|\\.)*)"'
)
_FIELD_ENDS = (b'token"', b'secret"', b'password"', b'api_key"')
_COOKIE_PART = re.compile(r"([^=;\s]+)=([^;]*)")
_COOKIE_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite"})
TOKEN_MARKER = "<a token>"  # noqa: S105 - what stands in its place
OTHER_MARKER = "<redacted>"


class Redactor:
    """Replaces known secrets, and what looks like a credential, by a marker such as `<alice's credential>`.

    `secrets` maps each secret to the words of its marker. Secrets are found raw, JSON-, HTML- and URL-escaped, in
    hexadecimal, and inside base64 whatever stands before them. Add what becomes known during a run with `add`.
    """

    def __init__(self, secrets: Mapping[str, str] | Iterable[str] = ()) -> None:
        self._markers: dict[bytes, str] = {}
        self._labels: list[str] = []
        self._automaton: BytesAhoCorasick | None = None
        self._short: dict[str, str] = {}
        labelled = secrets if isinstance(secrets, Mapping) else dict.fromkeys(secrets, "a secret")
        for secret, label in labelled.items():
            self.add(secret, label)

    def __repr__(self) -> str:
        return f"Redactor({len(self._markers)} forms)"

    def add(self, secret: str, label: str = "a secret") -> None:
        """Hide `secret` from now on, as `<label>`.

        Raises ConfigurationError for one of fewer than four characters, which cannot be told from ordinary text.
        """
        if not secret:
            return
        if len(secret) < SHORTEST:
            found = f"expected {label} to have at least {SHORTEST} characters, found {len(secret)}"
            raise ConfigurationError(f"{found}: a report could not hide it")
        for form in forms(secret):
            self._markers.setdefault(_encoded(form)[0], f"<{label}>")
        self._automaton = None
        self._short.clear()

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        given, errors = _encoded(text)
        clean = self.data(given)
        return text if clean == given else clean.decode("utf-8", errors)

    def data(self, data: bytes) -> bytes:
        """Return `data`, of any encoding, without secrets."""
        spans = sorted((*self._known(data), *((*found.span(), TOKEN_MARKER) for found in _TOKEN.finditer(data))))
        replaced = _replaced(data, spans) if spans else data
        return _FIELD.sub(_hide_field, replaced) if any(end in replaced for end in _FIELD_ENDS) else replaced

    def _known(self, data: bytes) -> Iterator[tuple[int, int, str]]:
        """Yield where a form of a secret begins and ends, and its marker."""
        if self._automaton is None:
            self._labels = list(self._markers.values())
            self._automaton = BytesAhoCorasick(list(self._markers), matchkind=MatchKind.LeftmostLongest)
        for number, start, end in self._automaton.find_matches_as_indexes(data):
            yield start, end, self._labels[number]

    def headers(self, headers: Headers) -> Headers:
        """Return the headers without secrets; the values of those that carry credentials are replaced as a whole."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange without secrets in its request, response and error."""
        request = exchange.request
        request = dataclasses.replace(
            request,
            target=self.text(request.target),
            headers=self.headers(request.headers),
            body=self.data(request.body),
        )
        response = exchange.response
        if response is not None:
            response = dataclasses.replace(
                response, headers=self.headers(response.headers), body=self.data(response.body)
            )
        error = None if exchange.error is None else self.text(exchange.error)
        return dataclasses.replace(exchange, request=request, response=response, error=error)

    def _header(self, name: str, value: str) -> str:
        if value not in self._short:  # the same few values come back in every response
            if len(self._short) >= REMEMBERED:
                self._short.clear()
            self._short[value] = self.text(value)
        clean = self._short[value]
        if not _SENSITIVE.search(name):
            return clean
        if "cookie" in name.lower():
            return _COOKIE_PART.sub(_hide_cookie, clean)
        scheme = _SCHEME.match(clean)
        rest = clean[scheme.end() :] if scheme else clean
        hidden = rest if re.fullmatch(r"<[^<>]+>", rest) else OTHER_MARKER
        return f"{scheme[0]}{hidden}" if scheme else hidden


def is_sensitive(name: str) -> bool:
    """Whether a header of this name carries a credential."""
    return bool(_SENSITIVE.search(name))


def _encoded(text: str) -> tuple[bytes, str]:
    """Return the bytes of `text`, and how half a surrogate pair is in them: as the byte it stands for, or by itself."""
    try:
        return text.encode("utf-8", "surrogateescape"), "surrogateescape"
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass"), "surrogatepass"


def _replaced(data: bytes, spans: Sequence[tuple[int, int, str]]) -> bytes:
    """Return `data` with each run of overlapping spans, which are in order, replaced by the marker of its first."""
    parts: list[bytes] = []
    position = 0
    for start, end, marker in spans:
        if start >= position:
            parts += [data[position:start], marker.encode()]
        position = max(position, end)
    return b"".join([*parts, data[position:]])


def _hide_field(found: re.Match[bytes]) -> bytes:
    inside = found[2]
    return found[0] if not inside or inside.startswith(b"<") else b'%s"%s"' % (found[1], OTHER_MARKER.encode())


def _hide_cookie(found: re.Match[str]) -> str:
    name, value = found[1], found[2].strip()
    keep = name.lower() in _COOKIE_ATTRIBUTES or not value or re.fullmatch(r"<[^<>]+>", value)
    return found[0] if keep else f"{name}={OTHER_MARKER}"


def forms(whole: str) -> Iterator[str]:
    """Yield the ways in which a secret may be written; of a token, what is derived from the signature is enough."""
    yield whole
    signature = whole.rpartition(".")[2]
    secret = signature if whole.startswith("eyJ") and len(signature) >= _SIGNATURE_SHORTEST else whole
    yield secret
    raw = secret.encode("utf-8", "surrogateescape")
    derived = {
        html.escape(secret),
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        "".join(f"%{byte:02X}" for byte in raw),
    }
    once = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    derived.update(once, (json.dumps(text)[1:-1] for text in once), (text.replace("/", r"\/") for text in once))
    derived.update(_percent_lower(text) for text in tuple(derived))
    derived.update((raw.hex(), raw.hex().upper(), *_base64_forms(raw)))
    yield from (form for form in derived if len(form) >= _DERIVED_SHORTEST)


def _percent_lower(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def _base64_forms(raw: bytes) -> Iterator[str]:
    """The characters of base64 that depend on `raw` alone, for each of the three alignments and both alphabets."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        first = (before * 8 + 5) // 6
        last = (before + len(raw)) * 8 // 6
        text = encoded[first:last].decode()
        yield text
        yield text.replace("+", "-").replace("/", "_")
