"""Behind the door: bytes to the pinned host and back, well-formed and pooled or exactly as a check wants them."""

from harness.transport.failure import TransportFailure
from harness.transport.http import HttpTransport
from harness.transport.raw import RawTransport, serialise
from harness.transport.reading import read_response

__all__ = ["HttpTransport", "RawTransport", "TransportFailure", "read_response", "serialise"]
