"""The fields that several schemas share, and the closed schema."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

MAX_METADATA_BYTES = 2048
MAX_TAGS = 10

Source = Literal["upload", "api", "email", "slack"]
Strategy = Literal["smart", "fixed_size", "semantic"]
Model = Literal["local", "remote"]
Tag = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_-]+$")]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
NUMBER_TEXT = re.compile(r"-?[0-9]{1,10}\Z")


def _canonical(value: object) -> object:
    """Accept only the canonical text of a UUID, as the document says; parsers know more spellings."""
    if isinstance(value, UUID) or (isinstance(value, str) and UUID_TEXT.match(value)):
        return value
    raise ValueError("expected a UUID such as 123e4567-e89b-42d3-a456-426614174000")


def _decimal(value: object) -> object:
    """Accept only plain decimal digits in a query string; parsers know more spellings."""
    if isinstance(value, int) or (isinstance(value, str) and NUMBER_TEXT.match(value)):
        return value
    raise ValueError("expected a whole number in decimal digits")


def _timestamp(value: object) -> object:
    """Accept only text, as the document says; the parser also knows epoch numbers."""
    if isinstance(value, str | datetime):
        return value
    raise ValueError("expected a date and time with an offset, such as 2026-01-31T12:00:00Z")


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_METADATA_BYTES:
        raise ValueError(f"expected at most {MAX_METADATA_BYTES} bytes of JSON")
    return value


def future(value: datetime) -> datetime:
    """Refuse a time that is over."""
    if value <= datetime.now(UTC):
        raise ValueError("expected a time in the future")
    return value


Id = Annotated[UUID, BeforeValidator(_canonical)]
Timestamp = Annotated[AwareDatetime, BeforeValidator(_timestamp)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small)]
Limit = Annotated[int, BeforeValidator(_decimal), Field(ge=1, le=100)]
Offset = Annotated[int, BeforeValidator(_decimal), Field(ge=0, le=1_000_000_000)]


class Closed(BaseModel):
    """A schema that allows nothing but what it names."""

    model_config = ConfigDict(extra="forbid")
