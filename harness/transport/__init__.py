"""Behind the door: bytes to the pinned host and back, over httpx or over a bare socket."""

from harness.transport.failure import TransportFailure
from harness.transport.http import HttpTransport
from harness.transport.raw import RawTransport, serialise

__all__ = ["HttpTransport", "RawTransport", "TransportFailure", "serialise"]
