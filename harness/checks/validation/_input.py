"""What validation checks share: valid requests with one part replaced, and what an answer to that means."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.expect import failed, passed
from harness.lab import Inconclusive, genuine, harmless
from harness.lab.resource import PLACED, text_place

if TYPE_CHECKING:
    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request
    from harness.scenario.schema import Call

FILE_NAME = re.compile(rb'filename="[^"]*"')
PATIENCE = 10.0
TRIES = 3


def text_fields(call: Call | None) -> tuple[str, ...]:
    """Return the names of the fields of a body or form into which the scenario puts text of its own."""
    if call is None:
        return ()
    fields: dict[str, Any] = dict(call.form or call.multipart or {})
    if isinstance(call.body, dict):
        fields = call.body
        for name in text_place(call.body):
            fields = fields[name]
    return tuple(name for name, value in fields.items() if isinstance(value, str) and PLACED.search(value))


async def ordinary(lab: Lab, resource: BoundResource, user: Identity) -> Exchange:
    """Create an object as the scenario says, and see that it is kept: the control, before and after."""
    owned = await genuine(lab, user, resource) if resource.looks else await resource.create(user)
    assert owned is not None  # noqa: S101 -- of this resource
    return owned.created


async def attempt(lab: Lab, user: Identity, request: Request, *, raw: bool = False) -> Exchange:
    """Send an odd request; no answer is an answer too, as is a failure, where it comes again.

    Raises Inconclusive when limited, and where requests that are not odd get no answer either.
    """
    exchange = await _once(lab, user, request, raw=raw)
    if exchange.response is None:
        return await _answered_after_all(lab, user, request, exchange, raw=raw)
    if exchange.response.is_failure:
        return await _once(lab, user, request, raw=raw)
    return exchange


async def _once(lab: Lab, user: Identity, request: Request, *, raw: bool) -> Exchange:
    exchange = await lab.session.client.send(user, request, purpose="attempt", raw=raw, timeout=PATIENCE)
    if exchange.limited:
        raise Inconclusive("quota", f"{user.name} was limited", exchange)
    return exchange


async def _answered_after_all(lab: Lab, user: Identity, request: Request, exchange: Exchange, *, raw: bool) -> Exchange:
    """Try again, between harmless requests that must be answered each time: a line may lose some of everything."""
    control = harmless(lab, user)
    for _ in range(1 if (exchange.error or "").startswith("timeout") else TRIES):
        for _ in range(TRIES):
            if control is not None:
                await lab.send(user, control, purpose="control")
        again = await _once(lab, user, request, raw=raw)
        if again.response is not None:
            return again
    return exchange


def judge(subject: str, what: str, exchange: Exchange, control: Exchange, operation: str) -> Observation:
    """Any refusal or success will do; a failure of the server, or none at all, will not."""
    about = {"operation": operation}
    if exchange.response is None:
        return failed(subject, f"{what} gets no answer ({exchange.error})", control, exchange, **about)
    if exchange.response.is_failure:
        return failed(subject, f"{what} is answered {exchange.status}", control, exchange, **about)
    return passed(subject, f"{what} is answered {exchange.status}", control, exchange, **about)


def json_with(request: Request, field: str, literal: str) -> Request:
    """Return the request with a field of its JSON body replaced by the given JSON text, wherever it stands."""
    mark = "harness-literal"
    text = json.dumps(_with(json.loads(request.body), field, mark)).replace(json.dumps(mark), literal)
    return replace(request, body=text.encode("utf-8", "surrogatepass"))


def _with(node: dict[str, Any], field: str, value: str) -> dict[str, Any]:
    """Return an object with the field set where it is: at the top, else in the first object that has it."""
    if field in node:
        return {**node, field: value}
    for name, each in node.items():
        if isinstance(each, dict) and (changed := _with(each, field, value)) != each:
            return {**node, name: changed}
    return node


def with_file_name(request: Request, name: str) -> Request | None:
    """Return the multipart request whose file has another name; None where it has no file."""
    body, count = FILE_NAME.subn(b'filename="' + name.encode() + b'"', request.body, count=1)
    return replace(request, body=body) if count else None


def with_file(request: Request, *, filename: str, media_type: str, content: bytes) -> Request | None:
    """Return the multipart request with another file in it; None where it has no file."""
    boundary = (request.header("Content-Type") or "").partition("boundary=")[2].strip('"').encode()
    if not boundary:
        return None
    parts = request.body.split(b"--" + boundary)
    for position, part in enumerate(parts):
        head, _, _ = part.partition(b"\r\n\r\n")
        if b"filename=" in head:
            name = re.search(rb'name="([^"]*)"', head)
            disposition = b'Content-Disposition: form-data; name="%s"; filename="%s"' % (
                name[1] if name else b"file",
                filename.encode(),
            )
            typed = b"Content-Type: " + media_type.encode()
            parts[position] = b"\r\n" + disposition + b"\r\n" + typed + b"\r\n\r\n" + content + b"\r\n"
            return replace(request, body=(b"--" + boundary).join(parts))
    return None
