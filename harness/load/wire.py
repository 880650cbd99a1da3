"""What a load child reports on its standard output: one JSON array a line, its first item says what it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from harness.load.lease import data, pairs, text
from harness.model import Exchange, Request, Response


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one arrival; its operation and due time are known to both sides."""

    number: int
    kind: str
    started: float | None = None
    done: float | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Fates since the last report, and the share of one CPU that the child has used since the start of the load."""

    cpu: float
    fates: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the child will not carry out its lease, or could not finish it."""

    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The child has seen every arrival through; `counted` is how many requests Locust's own statistics hold."""

    counted: int


Message = Report | Exchange | Refusal | End


def encode(message: Message) -> bytes:
    """Return one line for the parent."""
    return json.dumps(_items(message), separators=(",", ":")).encode() + b"\n"


def _items(message: Message) -> list[Any]:
    match message:
        case Report(cpu, fates):
            return ["report", cpu, [[fate.number, fate.kind, fate.started, fate.done, fate.status] for fate in fates]]
        case Refusal(reason):
            return ["refusal", reason]
        case End(counted):
            return ["end", counted]
        case Exchange():
            return ["exchange", _exchange(message)]


def decode(line: bytes) -> Message:
    """Return the message of one line; ValueError where it is none."""
    match json.loads(line):
        case ["report", float(cpu), list(fates)]:
            return Report(cpu, tuple(Fate(*fate) for fate in fates))
        case ["refusal", str(reason)]:
            return Refusal(reason)
        case ["end", int(counted)]:
            return End(counted)
        case ["exchange", dict(document)]:
            return _from_document(document)
        case _:
            raise ValueError("The load child wrote a line that is no message.")


def _exchange(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response or Response(status=0)
    return {
        **{name: getattr(exchange, name) for name in _PLAIN},
        "operation": request.operation,
        "method": request.method,
        "target": request.target,
        "asked": request.headers,
        "sent_body": text(request.body),
        "status": response.status,
        "answered": response.headers,
        "body": text(response.body),
        "truncated": response.truncated,
    }


def _from_document(document: dict[str, Any]) -> Exchange:
    request = Request(
        method=document["method"],
        target=document["target"],
        headers=pairs(document["asked"]),
        body=data(document["sent_body"]),
        operation=document["operation"],
    )
    response = Response(
        status=document["status"],
        headers=pairs(document["answered"]),
        body=data(document["body"]),
        truncated=document["truncated"],
    )
    return Exchange(request=request, response=response, **{name: document[name] for name in _PLAIN})


_PLAIN = ("id", "user", "intended", "sent", "done", "at", "purpose", "phase")
