"""The metrics, which anybody may read, count the requests of each user under the user's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from reference_service.parts import Parts

weakness = "metrics.labels"
mode = "http"


def apply(parts: Parts) -> None:
    """Count the requests of each user, where they are logged."""
    users = Counter("requests_by_user", "Requests of each user.", ("user",), registry=parts.metrics.registry)
    write = parts.request_log

    def counted(fields: MutableMapping[str, Any]) -> None:
        users.labels(fields["user_id"]).inc()
        write(fields)

    parts.request_log = counted
