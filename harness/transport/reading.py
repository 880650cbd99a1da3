"""Reading one response: strict about what it means, bounded in head and body, and never waiting for more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools

from harness.model import Response
from harness.transport.decoding import LIMIT, decode
from harness.transport.failure import TransportFailure

if TYPE_CHECKING:
    import asyncio

PIECE = 65_536
LARGEST_HEAD = 65_536
INTERIM = 200


async def read_response(reader: asyncio.StreamReader, method: str, limit: int = LIMIT) -> tuple[Response, bool]:
    """Return the response to `method`, its coding undone, and whether the connection can carry another.

    Of the body at most `limit` bytes are kept, and little more is read. Raises TransportFailure.
    """
    answer = _Answer(method, limit)
    while not answer.over:
        received = await reader.read(PIECE)
        if not received:
            answer.end()
            break
        answer.feed(received)
    return answer.response(), answer.again


class _Answer:
    """What httptools calls while it parses; an interim response (RFC 9110, section 15.2) is forgotten."""

    def __init__(self, method: str, limit: int) -> None:
        self.over = self.again = self._cut = False
        self._bodiless = method == "HEAD"
        self._limit = limit
        self._head: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._status = 0
        self._pieces: list[bytes] = []
        self._length = 0
        self._framed = False
        self._parser = httptools.HttpResponseParser(self)
        # What older servers do and every client takes: a bare line feed, a length beside the chunks.
        self._parser.set_dangerous_leniencies(
            lenient_optional_cr_before_lf=True, lenient_chunked_length=True, lenient_data_after_close=True
        )

    def feed(self, received: bytes) -> None:
        """Take what has come; bytes that follow a complete answer cost the connection, not the answer."""
        if not self._status:
            self._size += len(received)
        try:
            self._parser.feed_data(received)
        except httptools.HttpParserUpgrade:
            self.over, self.again = True, False
        except httptools.HttpParserError as error:
            if not self.over:
                raise TransportFailure("protocol", str(error)) from error
            self.again = False
        if not self._status and self._size > LARGEST_HEAD:
            raise TransportFailure("protocol", f"the head of the answer is longer than {LARGEST_HEAD} bytes")

    def end(self) -> None:
        """Take that nothing more will come: the end of a body that has no other."""
        if not self._status:
            if self._size:
                raise TransportFailure("protocol", "the connection was closed in the head of the answer")
            raise TransportFailure("reset", "the connection was closed without an answer")
        if self._framed:
            raise TransportFailure("protocol", "the connection was closed before the end of the body")

    def response(self) -> Response:
        """Return what was read."""
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._head)
        coding = next((value for name, value in headers if name.lower() == "content-encoding"), None)
        received = b"".join(self._pieces)
        self._pieces.clear()
        body, truncated = decode(received, coding, self._limit)
        return Response(status=self._status, headers=headers, body=body, truncated=truncated or self._cut)

    def on_message_begin(self) -> None:
        """Begin the answer; after one that is complete these are bytes too many."""
        if self.over:
            self.again = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; one behind the body is none of the answer's."""
        if not self._status:
            self._head.append((name, value))

    def on_headers_complete(self) -> None:
        """Know what the body will be."""
        status = self._parser.get_status_code()
        if self.over:
            return
        if status < INTERIM and status != 101:  # noqa: PLR2004 -- switching protocols is the last thing that is said
            self._head.clear()
            return
        self._status = status
        said = {name.lower(): value.lower() for name, value in self._head}
        self._framed = b"content-length" in said or said.get(b"transfer-encoding", b"").endswith(b"chunked")
        if self._bodiless:
            self._complete()

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body, until there is enough."""
        if self.over:
            self.again = False
            return
        self._pieces.append(data[: self._limit - self._length])
        self._length += len(data)
        self.over = self._cut = self._length > self._limit

    def on_message_complete(self) -> None:
        """Know that this was all."""
        if self._status and not self.over:
            self._complete()

    def _complete(self) -> None:
        self.over, self.again = True, self._parser.should_keep_alive()
