"""The fields of a form, leniently read."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qsl


def form_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a URL-encoded form."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def multipart_fields(body: bytes, content_type: str) -> dict[str, str]:
    """Return the parts of a multipart form (RFC 7578) by name, files as their text."""
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = whole.get_payload() if whole.is_multipart() else []
    return {_name(part): _text(part) for part in parts if isinstance(part, Message)}


def _name(part: Message) -> str:
    return str(part.get_param("name", "", header="content-disposition"))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
