"""Curl handles for shots: one host, no proxy, no redirect, no decompression, a bounded answer."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi
import pycurl

from harness.load.lease import ARRIVAL

if TYPE_CHECKING:
    from harness.load.lease import Lease, Shot
    from harness.model import Headers, Identity

_LIMIT = 4 * 1024 * 1024  # bytes of one answer; more is an error, so that an endless one cannot fill the memory
_BODIED = frozenset({"POST", "PUT", "PATCH"})


@dataclass(eq=False, slots=True)
class Flight:
    """A handle with the place its answers go to; flown again when it has landed."""

    shot: int
    handle: pycurl.Curl
    head: list[bytes] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    url: str = ""
    numbered: bool = False
    number: int = 0
    due: float = 0.0
    started: float = 0.0

    def aim(self, shot: Shot) -> None:
        """Make ready for the next arrival: its number goes into target and body, where the shot asks for it."""
        self.head.clear()
        self.body.clear()
        if self.numbered:
            self.handle.setopt(pycurl.URL, self.url.replace(ARRIVAL, str(self.number)))
            if shot.request.body:
                self.handle.setopt(pycurl.POSTFIELDS, numbered(shot, self.number))


def numbered(shot: Shot, number: int) -> bytes:
    """Return the body of the shot for one arrival."""
    return shot.request.body.replace(ARRIVAL.encode(), str(number).encode())


def addresses(lease: Lease) -> list[str]:
    """Return the pinned host as curl wants it resolved: looked up once, so that no name server can move it later."""
    parts = urlsplit(lease.base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return [f"{host}:{port}:{','.join(f'[{address}]' if ':' in address else address for address in found)}"]


def flight(lease: Lease, index: int, identity: Identity, resolved: list[str]) -> Flight:
    """Return a handle that sends the shot as this identity, and to the pinned host only."""
    shot, handle = lease.shots[index], pycurl.Curl()
    made = Flight(
        shot=index,
        handle=handle,
        url=lease.origin + shot.request.target,
        numbered=ARRIVAL in shot.request.target or ARRIVAL.encode() in shot.request.body,
    )
    for option, value in _OPTIONS.items():
        handle.setopt(option, value)
    handle.setopt(pycurl.RESOLVE, resolved)
    handle.setopt(pycurl.TIMEOUT_MS, max(1, round(lease.timeout * 1000)))
    handle.setopt(pycurl.SSL_VERIFYPEER, int(lease.verify))
    handle.setopt(pycurl.SSL_VERIFYHOST, 2 if lease.verify else 0)
    handle.setopt(pycurl.CAINFO, lease.ca or certifi.where())
    handle.setopt(pycurl.URL, made.url)
    handle.setopt(pycurl.HTTPHEADER, _header(shot, identity))
    handle.setopt(pycurl.HEADERFUNCTION, made.head.append)
    handle.setopt(pycurl.WRITEFUNCTION, made.body.append)
    if shot.request.body or shot.request.method in _BODIED:
        handle.setopt(pycurl.POSTFIELDS, shot.request.body)
    if shot.request.method == "HEAD":
        handle.setopt(pycurl.NOBODY, 1)
    handle.setopt(pycurl.CUSTOMREQUEST, shot.request.method)
    return made


_OPTIONS: dict[int, int | str] = {
    pycurl.NOSIGNAL: 1,
    pycurl.PROXY: "",
    pycurl.NOPROXY: "*",
    pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
    pycurl.FOLLOWLOCATION: 0,
    pycurl.PATH_AS_IS: 1,
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    pycurl.MAXFILESIZE: _LIMIT,
    pycurl.USERAGENT: "harness-load",
}


def _header(shot: Shot, identity: Identity) -> list[bytes]:
    asked: Headers = (*shot.request.headers, *identity.headers)
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in asked]
    if identity.cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in identity.cookies))
    if not any(name.lower() == "content-type" for name, _ in asked):
        lines.append("Content-Type:")  # an empty one takes away the default of curl, which would lie about the body
    return [line.encode() for line in (*lines, "Expect:")]
