"""HTTP Archive 1.2, as browsers and proxies export it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from harness.openapi.sources.recorded import FORM, MISSING, Recorded, body_of, carrier_in, items, parsed_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "a HAR file"
_PAGES = ("text/html", "text/css", "javascript", "image/", "font", "audio/", "video/", "wasm")


def fits(values: Mapping[str, Any]) -> bool:
    """Whether these are the values of a HAR file."""
    log = values.get("log")
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def requests(values: Mapping[str, Any]) -> Iterator[Recorded]:
    """Yield what speaks to an API: anything but pages, scripts, pictures and preflights."""
    for entry in items(values["log"]["entries"]):
        request, response = entry.get("request"), entry.get("response")
        if isinstance(request, dict) and isinstance(request.get("url"), str):
            answer = response if isinstance(response, dict) else {}
            if _is_api(str(request.get("method", "GET")), _answer_media(answer)):
                yield _recorded(request, answer)


def _is_api(method: str, media: str) -> bool:
    if method.upper() in {"OPTIONS", "HEAD", "CONNECT", "TRACE"}:
        return False
    return method.upper() != "GET" or not any(one in media for one in _PAGES)


def _recorded(request: Mapping[str, Any], response: Mapping[str, Any]) -> Recorded:
    headers, answered = _headers(request), _headers(response)
    posted = request.get("postData")
    posted = posted if isinstance(posted, dict) else {}
    media = str(posted.get("mimeType") or "")
    fields = items(posted.get("params"))
    if not fields and media.startswith(FORM):
        fields = [{"name": name, "value": value} for name, value in parse_qsl(str(posted.get("text") or ""))]
    kind, body, files = body_of(media, posted.get("text"), fields)
    status = response.get("status")
    return Recorded(
        method=str(request.get("method", "GET")).upper(),
        url=request["url"],
        query=tuple(name for name, _ in parse_qsl(urlsplit(request["url"]).query, keep_blank_values=True)),
        media=kind,
        body=body,
        files=files,
        status=status if isinstance(status, int) and status > 0 else None,
        answer=_answer(response),
        answer_media=_answer_media(response),
        answer_headers=tuple(name for name, _ in answered),
        location=next((value for name, value in answered if name.lower() == "location"), ""),
        carrier=carrier_in(headers, [str(one.get("name")) for one in items(request.get("cookies"))]),
    )


def _headers(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [(str(one.get("name", "")), str(one.get("value", ""))) for one in items(message.get("headers"))]
    return [(name, value) for name, value in found if name and not name.startswith(":")]


def _answer_media(response: Mapping[str, Any]) -> str:
    content = response.get("content")
    return str(content.get("mimeType") or "").partition(";")[0].strip().lower() if isinstance(content, dict) else ""


def _answer(response: Mapping[str, Any]) -> Any:
    content = response.get("content")
    text = content.get("text") if isinstance(content, dict) else None
    if isinstance(content, dict) and content.get("encoding") == "base64" and isinstance(text, str):
        try:
            text = base64.b64decode(text).decode("utf-8")
        except ValueError:
            return MISSING
    return parsed_json(text)
