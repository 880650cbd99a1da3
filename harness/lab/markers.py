"""Unguessable words that tell whose data a response holds."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Exchange, Request

ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
LENGTH = 11
WORDS = re.compile(rb"[A-Za-z0-9+/]{11,}")
FORM_LENGTHS = (LENGTH, 12, 2 * LENGTH)  # plain, base64 at any alignment, hex


@dataclass(frozen=True)
class Marker:
    """Two words of 52 random bits each.

    `query` may be sent by anybody, to search with; `witness` is sent by nobody but its owner, so that whoever receives
    it received the owner's data. `text` holds both and is what is stored.
    """

    query: str
    witness: str

    @classmethod
    def new(cls, query: str | None = None) -> Marker:
        """Return a marker that nothing else has; with `query` only its witness is new."""
        return cls(query or _word(), _word())

    @property
    def text(self) -> str:
        """What is put into a created object."""
        return f"{self.query}-{self.witness}"

    @cached_property
    def forms(self) -> tuple[bytes, ...]:
        """The witness as a response may hold it: plain, upper case, reversed, hex, and base64 at each alignment."""
        raw = self.witness.encode()
        aligned = tuple(_aligned_base64(raw, shift) for shift in range(3))
        return (raw, raw.upper(), raw[::-1], raw.hex().encode(), *aligned)

    def in_request(self, request: Request) -> bool:
        """Whether a request writes the witness, in its body or its target."""
        return self.in_bytes(request.body) or self.witness in request.target

    def in_bytes(self, data: bytes) -> bool:
        """Whether the witness is there in any of its forms."""
        return any(form in data for form in self.forms)

    def told_by(self, exchange: Exchange) -> bool:
        """Whether an answer tells the witness: what refuses or redirects may repeat what was asked for.

        An identifier that is made of a title (a slug) has the witness in it, and so has the path to the object.
        """
        return self.in_bytes(exchange.body) and (exchange.ok or not self.in_bytes(_sent(exchange)))


def _word() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _aligned_base64(raw: bytes, shift: int) -> bytes:
    """Return the part of the base64 form that does not depend on what stands before or after."""
    encoded = base64.b64encode(b"\0" * shift + raw)
    start = 0 if shift == 0 else 4
    return encoded[start : -4 if (len(raw) + shift) % 3 else None]


@dataclass
class Markers:
    """Who owns which marker, for the whole run."""

    _owners: dict[str, tuple[Marker, str | None]] = field(default_factory=dict)
    _forms: dict[bytes, str] = field(default_factory=dict)

    def issue(self, owner: str, *, public: bool = False, query: str | None = None) -> Marker:
        """Return a new marker of the identity with this key; a public one never counts as leaked.

        Markers with the same `query` are found by the same search.
        """
        marker = Marker.new(query)
        self._owners[marker.witness] = (marker, None if public else owner)
        self._forms |= dict.fromkeys(marker.forms, marker.witness)
        return marker

    def publish(self, marker: Marker) -> None:
        """From now on everybody may get this marker."""
        self._owners[marker.witness] = (marker, None)

    def publish_all(self) -> None:
        """From now on everybody may get what was issued so far."""
        for marker, _ in list(self._owners.values()):
            self.publish(marker)

    def found(self, data: bytes) -> Iterator[tuple[Marker, str | None]]:
        """Walk the markers in `data`, in any of their forms, each with its owner (None: public).

        The time depends on the length of the data only, not on how many markers there are.
        """
        seen: set[str] = set()
        for run in WORDS.findall(data):
            for length in FORM_LENGTHS:
                for start in range(len(run) - length + 1):
                    witness = self._forms.get(run[start : start + length])
                    if witness is not None and witness not in seen:
                        seen.add(witness)
                        yield self._owners[witness]

    def held(self, exchange: Exchange) -> tuple[int, list[tuple[Marker, str]]]:
        """Return how many markers of its own a user received, and those of others, each with its owner.

        What the request held already tells nothing.
        """
        receiver = f"{exchange.user}:{exchange.subject or ''}"
        own, foreign = 0, []
        for marker, owner in self.found(_received(exchange)):
            own += owner == receiver
            if owner is not None and owner != receiver:
                foreign.append((marker, owner))
        sent = _sent(exchange) if foreign else b""
        return own, [(marker, owner) for marker, owner in foreign if not marker.in_bytes(sent)]

    def foreign(self, receiver: str) -> Iterator[tuple[Marker, str]]:
        """Walk the markers that `receiver` must never get, each with its owner."""
        return (
            (marker, owner) for marker, owner in list(self._owners.values()) if owner is not None and owner != receiver
        )

    def __len__(self) -> int:
        """How many markers were issued."""
        return len(self._owners)


def _received(exchange: Exchange) -> bytes:
    if exchange.response is None:
        return b""
    headers = "\n".join(value for _, value in exchange.response.headers)
    return exchange.response.body + b"\n" + headers.encode("utf-8", "replace")


def _sent(exchange: Exchange) -> bytes:
    request = exchange.request
    headers = "\n".join(value for _, value in request.headers)
    return f"{request.target}\n{headers}\n".encode("utf-8", "replace") + request.body
