"""Why no response came."""

from __future__ import annotations


class TransportFailure(Exception):
    """No usable response: `kind` is refused, timeout, reset, protocol, tls or too-slow; `detail` is for a reader."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
