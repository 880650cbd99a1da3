"""The lease that a load child works on: what it may send, as whom, to which one host, how often and until when."""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from harness.errors import ConfigurationError, OutOfScope
from harness.model import Identity, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

ARRIVAL = "{arrival}"
"""Replaced by a number that no other arrival of the load has, in targets and bodies: for names that must be unique."""

_TARGET = re.compile(r"/[\x21\x22\x24-\x5b\x5d-\x7e]*")  # origin-form (RFC 9112, 3.2.1): no space, "#", "\" or control
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAK = re.compile(r"[\r\n\0]")
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One kind of request of the mix, and what a good answer to it is.

    `success` are the declared statuses; `must_contain` is what a non-empty answer holds (the user's own marker);
    with `limited_ok` a 429 is expected and counted apart; with `keep` every good answer comes back as an exchange,
    for creations that have to be cleaned up.
    """

    operation: str
    request: Request
    user: str
    success: frozenset[int] = frozenset({200})
    must_contain: bytes | None = None
    limited_ok: bool = False
    keep: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Everything a child is allowed to do; what it sends has been debited from the budget beforehand.

    `base_url` pins scheme, host and port; its path, if any, is the prefix that every target must keep to.
    `rate` is arrivals a second, all shots together; `cap` the most requests that may leave; `deadline` the seconds
    after which the child is killed, start-up included. `foreign` names, for each user, markers that must never be in
    an answer to that user. `arrivals` is "poisson" or "uniform". `ca` is a file of certificates instead of the usual.
    """

    base_url: str
    shots: tuple[Shot, ...]
    identities: tuple[Identity, ...] = field(repr=False)
    rate: float
    seconds: float
    cap: int
    seed: int
    timeout: float = 10.0
    deadline: float | None = None
    arrivals: str = "poisson"
    foreign: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    verify: bool = True
    ca: str | None = None

    @property
    def scheduled(self) -> int:
        """How many arrivals the load has, whether or not all may be sent."""
        return max(1, round(self.rate * self.seconds))

    @property
    def patience(self) -> float:
        """Seconds until the child is killed."""
        return self.deadline if self.deadline is not None else self.seconds + self.timeout + 20.0

    @property
    def in_flight(self) -> int:
        """The most requests at once: what the rate piles up within one time-out, within the reach of one process."""
        return min(4096, max(64, math.ceil(1.5 * self.rate * self.timeout)))

    @property
    def origin(self) -> str:
        """Scheme, host and port of the one host that is shot at."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def check(lease: Lease) -> None:
    """Raise ConfigurationError for a lease that cannot work, OutOfScope for one that reaches beyond its host."""
    prefix = _pinned(lease.base_url).path.rstrip("/")
    bounds = {name: getattr(lease, name) for name in ("rate", "seconds", "timeout", "cap")} | {
        "deadline": lease.patience
    }
    for name, value in bounds.items():
        if not (value > 0 and math.isfinite(value)):
            raise ConfigurationError(f"The load needs {name} > 0, found {value}.")
    if lease.arrivals not in {"poisson", "uniform"}:
        raise ConfigurationError(f'Arrivals of a load are "poisson" or "uniform", found {lease.arrivals!r}.')
    if not lease.shots:
        raise ConfigurationError("The load has no operation to send; name at least one in the mix.")
    for identity in lease.identities:
        _check_credential(identity)
    names = {identity.name for identity in lease.identities}
    for shot in lease.shots:
        _check_shot(shot, prefix, names)


def _pinned(base_url: str) -> SplitResult:
    expected = "http(s)://host[:port][/prefix] without user, query or fragment"
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ConfigurationError(f"The base URL of a load: expected {expected}, found one with {error}.") from error
    if not usable or parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError(f"The base URL of a load: expected {expected}.")
    return parts


def _check_credential(identity: Identity) -> None:
    pieces = (*identity.headers, *identity.cookies)
    if not all(_TOKEN.fullmatch(name) and not _BREAK.search(value) for name, value in pieces):
        raise ConfigurationError(
            f"The credential of {identity.name!r}: expected one line of text, found a line break or NUL."
        )


def _check_shot(shot: Shot, prefix: str, names: set[str]) -> None:
    if shot.user not in names:
        raise ConfigurationError(f"{shot.operation}: expected a user of {sorted(names)}, found {shot.user!r}.")
    if not (shot.weight > 0 and math.isfinite(shot.weight)):
        raise ConfigurationError(f"{shot.operation}: expected a weight > 0, found {shot.weight}.")
    if not _inside(shot.request.target, prefix):
        raise OutOfScope(
            f"{shot.operation}: expected a target below {prefix or '/'} on the pinned host, "
            f"found {shot.request.target!r}; nothing was sent."
        )
    if not _TOKEN.fullmatch(shot.request.method):
        raise OutOfScope(f"{shot.operation}: {shot.request.method!r} is no HTTP method; nothing was sent.")
    for name, value in shot.request.headers:
        if name.lower() in _OURS or not _TOKEN.fullmatch(name) or _BREAK.search(value):
            raise OutOfScope(f"{shot.operation}: a load cannot send the header {name!r}; nothing was sent.")


def _inside(target: str, prefix: str) -> bool:
    path = target.partition("?")[0]
    segments = re.split(r"/|%2f", re.sub("%2e", ".", path.lower()))
    return bool(_TARGET.fullmatch(target)) and ".." not in segments and f"{path}/".startswith(f"{prefix}/")


def encode(lease: Lease) -> bytes:
    """Return the lease as one line of JSON, secrets included: for the standard input of the child and nothing else."""
    document = {
        **{name: getattr(lease, name) for name in _PLAIN},
        "shots": [_encode_shot(shot) for shot in lease.shots],
        "identities": [{"name": who.name, "headers": who.headers, "cookies": who.cookies} for who in lease.identities],
        "foreign": {user: [text(marker) for marker in markers] for user, markers in lease.foreign.items()},
    }
    return json.dumps(document).encode() + b"\n"


def decode(line: bytes) -> Lease:
    """Return the lease from the line of `encode`, checked; raises as `check` does."""
    document = json.loads(line)
    lease = Lease(
        **{name: document[name] for name in _PLAIN},
        shots=tuple(_decode_shot(shot) for shot in document["shots"]),
        identities=tuple(_decode_identity(who) for who in document["identities"]),
        foreign={user: tuple(data(marker) for marker in markers) for user, markers in document["foreign"].items()},
    )
    check(lease)
    return lease


_PLAIN = ("base_url", "rate", "seconds", "cap", "seed", "timeout", "deadline", "arrivals", "verify", "ca")


def _encode_shot(shot: Shot) -> dict[str, Any]:
    return {
        "operation": shot.operation,
        "method": shot.request.method,
        "target": shot.request.target,
        "headers": shot.request.headers,
        "body": text(shot.request.body),
        "user": shot.user,
        "success": sorted(shot.success),
        "must_contain": None if shot.must_contain is None else text(shot.must_contain),
        "limited_ok": shot.limited_ok,
        "keep": shot.keep,
        "weight": shot.weight,
    }


def _decode_shot(document: dict[str, Any]) -> Shot:
    request = Request(
        method=document["method"],
        target=document["target"],
        headers=pairs(document["headers"]),
        body=data(document["body"]),
        operation=document["operation"],
    )
    wanted = document["must_contain"]
    return Shot(
        request=request,
        success=frozenset(document["success"]),
        must_contain=None if wanted is None else data(wanted),
        **{name: document[name] for name in ("operation", "user", "limited_ok", "keep", "weight")},
    )


def _decode_identity(document: dict[str, Any]) -> Identity:
    return Identity(
        name=document["name"],
        headers=pairs(document["headers"]),
        cookies=pairs(document["cookies"]),
    )


def text(content: bytes) -> str:
    """Return bytes as text that JSON can hold."""
    return base64.b64encode(content).decode()


def data(content: str) -> bytes:
    """Return the bytes that `text` was given."""
    return base64.b64decode(content, validate=True)


def pairs(document: list[list[str]]) -> tuple[tuple[str, str], ...]:
    """Return headers or cookies as they were before JSON made lists of them."""
    return tuple((name, value) for name, value in document)
