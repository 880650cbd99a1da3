"""The log line of a request holds its path as it came, line breaks and all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from reference_service.parts import Parts

weakness = "tracing.log-forging"
mode = "grey"


def write_raw(fields: MutableMapping[str, Any]) -> None:
    """Write a line without escaping anything."""
    path, request_id, status = fields["path"], fields["request_id"], fields["status"]
    sys.stderr.write(f'{{"event": "request", "request_id": "{request_id}", "path": "{path}", "status": {status}}}\n')


def apply(parts: Parts) -> None:
    """Log without escaping."""
    parts.request_log = write_raw
