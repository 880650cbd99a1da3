"""One request and what came back: the facts that everything else is judged from."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

Headers = tuple[tuple[str, str], ...]
SUCCESS = 2  # the hundreds of every status that says yes (RFC 9110, 15.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for, without any credential.

    `target` is the path and query as sent; `operation` is the id of the operation it belongs to, if any.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    operation: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of the header, whatever its case."""
        return _first(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: status, headers as received (order and repeats kept), body up to the limit of the client."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    truncated: bool = False

    @property
    def is_success(self) -> bool:
        """Whether the status says yes (2xx)."""
        return self.status // 100 == SUCCESS

    @property
    def is_error(self) -> bool:
        """Whether the status is one of an error, of the caller's (4xx) or the server's (5xx)."""
        return self.status >= HTTPStatus.BAD_REQUEST

    @property
    def is_failure(self) -> bool:
        """Whether the status blames the server (5xx)."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    def header(self, name: str) -> str | None:
        """Return the first value of the header, whatever its case."""
        return _first(self.headers, name)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the header in the order received."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


def _first(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response, or why there was none.

    Times are seconds: `intended`, `sent` and `done` since the start of the run, `at` since the epoch. `user` is the
    name of the identity whose credential was sent ("anonymous" for none), `subject` its subject, if known; `forged`
    names a forged credential; `purpose` says in a word what the request was for (create, control, attempt, read-back,
    load, fuzz...); `phase` is the check id or the phase that sent it.
    """

    id: str
    user: str
    request: Request
    response: Response | None = None
    error: str | None = None
    intended: float = 0.0
    sent: float = 0.0
    done: float = 0.0
    at: float = 0.0
    forged: str | None = None
    purpose: str = ""
    phase: str = ""
    subject: str | None = None

    @property
    def status(self) -> int | None:
        """The status of the response, None where there was none."""
        return None if self.response is None else self.response.status

    @property
    def ok(self) -> bool:
        """Whether a response with a 2xx status came back."""
        return self.response is not None and self.response.is_success

    @property
    def limited(self) -> bool:
        """Whether it was refused because a quota is used up (429)."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def broken(self) -> bool:
        """Whether the server failed (5xx), or did not answer: neither a success nor a refusal."""
        return self.response is None or self.response.is_failure

    @property
    def is_line(self) -> bool:
        """Whether only a line of the ledger is left of it: no headers, no bodies."""
        said = self.response
        return said is not None and said.truncated and not said.headers and not said.body and not self.request.headers

    @property
    def body(self) -> bytes:
        """The body received, empty where there was none."""
        return b"" if self.response is None else self.response.body
