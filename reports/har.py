"""`exchanges.har` (HAR 1.2): every exchange that was kept whole, for the tools that people look at traffic with."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from harness.evidence.serialise import json_lines
from reports._panes import url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.evidence.facts import Bundle
    from harness.model import Exchange, Headers, Request, Response, Run

_KNOWN = frozenset(HTTPStatus)


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the archive; fields that begin with an underscore are ours."""
    run = bundle.run
    creator = {"name": "harness", "version": run.versions.get("harness-verify", "0")}
    entries = [_entry(run, exchange) for exchange in run.exchanges if not exchange.is_line]
    return {"exchanges.har": json_lines([{"log": {"version": "1.2", "creator": creator, "entries": entries}}])}


def _entry(run: Run, exchange: Exchange) -> dict[str, Any]:
    took = max(0.0, (exchange.done - exchange.sent) * 1000)
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.at, UTC).isoformat(timespec="milliseconds"),
        "time": took,
        "request": _request(run, exchange),
        "response": _response(exchange.response),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": exchange.error or "",
        "_id": exchange.id,
        "_user": exchange.user,
        "_purpose": exchange.purpose,
        "_phase": exchange.phase,
        "_forged": exchange.forged,
    }


def _request(run: Run, exchange: Exchange) -> dict[str, Any]:
    request: Request = exchange.request
    query = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
    row: dict[str, Any] = {
        "method": request.method,
        "url": url(run, exchange),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        row["postData"] = {"mimeType": request.header("content-type") or "", "params": [], **_text(request.body)}
    return row


def _response(response: Response | None) -> dict[str, Any]:
    """A request without an answer has status 0, as browsers export it."""
    status = 0 if response is None else response.status
    headers: Headers = () if response is None else response.headers
    body = b"" if response is None else response.body
    media = "" if response is None else response.header("content-type") or ""
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in _KNOWN else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(headers),
        "content": {"size": len(body), "mimeType": media, **_text(body)},
        "redirectURL": "" if response is None else response.header("location") or "",
        "headersSize": -1,
        "bodySize": len(body),
        "_truncated": response is not None and response.truncated,
    }


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}
