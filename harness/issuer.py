"""The harness as an issuer of tokens: it makes keys, and publishes them on loopback (JWKS, RFC 7517).

In a thread of its own, so that a service gets its answer in time whatever the harness is busy with.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from harness.errors import ConfigurationError
from harness.model import Secret
from harness.tokens import PublicKey, private_pem, published_jwk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.scenario.schema import Minted, Published

HOST = "127.0.0.1"
POLL = 0.02
HANGS = 30.0
OUTAGES = ("closed", "failing", "empty", "silent")


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key in PEM, and the id under which its public half is published."""

    key_id: str
    private: Secret
    jwk: Mapping[str, Any] = field(repr=False)

    @classmethod
    def make(cls, algorithm: str) -> SigningKey:
        """Return a new key for RS256 or ES256."""
        rsa_wanted = algorithm.startswith("RS")
        key = rsa.generate_private_key(65537, 2048) if rsa_wanted else ec.generate_private_key(ec.SECP256R1())
        pem, key_id = private_pem(key), f"harness-{secrets.token_hex(6)}"
        return cls(key_id=key_id, private=Secret(value=pem), jwk=published_jwk(pem, key_id))

    @property
    def public(self) -> PublicKey:
        """What is published, in the shapes that it is mistaken for."""
        return PublicKey.from_jwk(self.jwk)


class Issuer:
    """Publishes its keys, and counts how often the whole set was fetched.

    `key` signs the tokens of this run. `outage` says what is wrong with the server at the moment, None for nothing, and
    `missed` counts the requests that met this.
    """

    def __init__(self, algorithm: str, where: Published) -> None:
        self.algorithm, self.where = algorithm, where
        self.key = SigningKey.make(algorithm)
        self.published: tuple[SigningKey, ...] = (self.key,)
        self.fetches = self.missed = 0
        self.outage: str | None = None
        self._over = threading.Event()
        self._server, self._thread = self._listen(where.port)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """Where the key set is."""
        return f"http://{HOST}:{self.port}{self.where.path}"

    @contextlib.contextmanager
    def another_key(self) -> Iterator[SigningKey]:
        """Publish one more key for as long as the context lasts."""
        key = SigningKey.make(self.algorithm)
        self.published = (*self.published, key)
        try:
            yield key
        finally:
            self.published = tuple(each for each in self.published if each is not key)

    @contextlib.contextmanager
    def out_of_order(self, how: str) -> Iterator[None]:
        """Let nobody get the keys: nothing listens (closed), 503 (failing), no key (empty), or no answer (silent)."""
        self.outage, self.missed = how, 0
        self._over.clear()
        if how == "closed":
            self._close()
        try:
            yield
        finally:
            self.outage = None
            self._over.set()
            if how == "closed":
                self._server, self._thread = self._listen(self.port)

    def close(self) -> None:
        """Answer no more."""
        self._over.set()
        self._close()

    def answer(self) -> tuple[int, Any]:
        """Return status and body of a request for the key set, and count it."""
        outage = self.outage
        if outage is None:
            self.fetches += 1
            return 200, {"keys": [dict(key.jwk) for key in self.published]}
        self.missed += 1
        if outage == "silent":
            self._over.wait(HANGS)
        return (200, {"keys": []}) if outage == "empty" else (503, {})

    def _listen(self, port: int) -> tuple[ThreadingHTTPServer, threading.Thread]:
        try:
            server = ThreadingHTTPServer((HOST, port), _handler(self))
        except OSError as error:
            raise ConfigurationError(
                f"users.minted.published.port: cannot listen on {HOST}:{port} ({error.strerror}); expected a free port"
            ) from error
        thread = threading.Thread(target=server.serve_forever, args=(POLL,), name="issuer", daemon=True)
        thread.start()
        return server, thread

    def _close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one request for the key set, and closes the connection."""

        def do_GET(self) -> None:
            """Answer the key set, and 404 anywhere else."""
            right = self.path.partition("?")[0] == issuer.where.path
            status, body = issuer.answer() if right else (404, {})
            content = json.dumps(body).encode()
            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
            """Keep quiet."""

    return Handler


@contextlib.contextmanager
def issuing(minted: Minted | None) -> Iterator[Issuer | None]:
    """Publish keys for as long as the context lasts, where the scenario wants that."""
    if minted is None or minted.published is None:
        yield None
        return
    issuer = Issuer(minted.algorithm, minted.published)
    try:
        yield issuer
    finally:
        issuer.close()
