"""What a run is about to create, on disk before the request leaves, so that even a killed run can be cleaned up."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.evidence.redact import is_sensitive
from harness.model import Request

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One object: intended, maybe created (`id`), maybe settled (`outcome`); the requests hold no credential."""

    number: int
    user: str
    resource: str
    marker: str
    cleanup: Request | None = None
    id: str | None = None
    delete: Request | None = None
    outcome: str | None = None


class Journal:
    """An append-only file of JSON lines; with `path` None it is kept in memory only.

    A file that exists is continued, which is how the objects of a crashed run are found again.
    """

    def __init__(self, path: Path | None) -> None:
        self._entries: dict[int, Entry] = {}
        self._path = path
        if path is not None:
            self._restore(path)
            path.parent.mkdir(parents=True, exist_ok=True)

    def intend(self, *, user: str, resource: str, marker: str, cleanup: Request | None = None) -> int:
        """Record that an object will be created, before the request leaves; return the number of the entry.

        `cleanup` is a request that would remove it even if its id never becomes known.
        """
        number = len(self._entries) + 1
        event = {"event": "intended", "entry": number, "user": user, "resource": resource, "marker": marker}
        self._append({**event, "cleanup": _encode(cleanup)})
        return number

    def created(self, entry: int, *, id: str, delete: Request | None) -> None:  # noqa: A002 - the field's name
        """Record the id of the object, and the request that deletes it."""
        self._append({"event": "created", "entry": entry, "id": id, "delete": _encode(delete)})

    def settled(self, entry: int, outcome: str) -> None:
        """Record what became of the object: "deleted", "gone", "left", "not-deletable" or "not-created"."""
        self._append({"event": "settled", "entry": entry, "outcome": outcome})

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order of intention."""
        return tuple(self._entries.values())

    def pending(self) -> tuple[Entry, ...]:
        """The entries of which nobody knows yet what became of them, or which were left behind."""
        return tuple(entry for entry in self._entries.values() if entry.outcome in {None, "left"})

    def _append(self, event: dict[str, Any]) -> None:
        self._apply(event)
        if self._path is not None:
            # Handed to the operating system, which a killed process cannot take back; only a power cut could.
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event, separators=(",", ":")) + "\n")

    def _apply(self, event: dict[str, Any]) -> None:
        number = event["entry"]
        if event["event"] == "intended":
            self._entries[number] = Entry(
                number=number,
                user=event["user"],
                resource=event["resource"],
                marker=event["marker"],
                cleanup=_decode(event["cleanup"]),
            )
        elif event["event"] == "created":
            self._entries[number] = replace(self._entries[number], id=event["id"], delete=_decode(event["delete"]))
        else:
            self._entries[number] = replace(self._entries[number], outcome=event["outcome"])

    def _restore(self, path: Path) -> None:
        """Read what is there; a last line that a crash has torn is cut off: what it spoke of was never requested."""
        if not path.exists():
            return
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:
            with path.open("r+b") as file:
                file.truncate(len(whole))
        for line in whole.splitlines():
            self._apply(json.loads(line))


def _encode(request: Request | None) -> dict[str, Any] | None:
    if request is None:
        return None
    headers = [[name, value] for name, value in request.headers if not is_sensitive(name)]
    body = base64.b64encode(request.body).decode()
    return {
        "method": request.method,
        "target": request.target,
        "headers": headers,
        "body": body,
        "operation": request.operation,
    }


def _decode(data: dict[str, Any] | None) -> Request | None:
    if data is None:
        return None
    headers = tuple((name, value) for name, value in data["headers"])
    body = base64.b64decode(data["body"])
    return Request(
        method=data["method"], target=data["target"], headers=headers, body=body, operation=data["operation"]
    )
