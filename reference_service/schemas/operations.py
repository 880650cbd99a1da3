"""The bodies of errors, sign-up, readiness, health and version."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read at run time by pydantic
from typing import Literal

from pydantic import Field

from reference_service.schemas.fields import (
    Closed,
)


class ErrorBody(Closed):
    """Every answer that is not a success."""

    error_code: str = Field(examples=["VALIDATION_ERROR"])
    detail: str = Field(examples=["limit: Input should be less than or equal to 100"])
    request_id: str = Field(examples=["0b5f4c8e9d3a4d6f8f2f3f0e1d2c3b4a"])
    suggestion: str = Field(examples=["Compare the request with the schema of this operation in /openapi.json."])


class AnonymousUser(Closed):
    """A new user and its token."""

    user_id: str
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class ReadinessChecks(Closed):
    """What was checked."""

    telemetry: bool
    templates: bool
    filesystem: bool
    database: bool
    redis: bool


class ReadinessBody(Closed):
    """Whether the service can do its work."""

    ready: bool
    checks: ReadinessChecks


class Health(Closed):
    """The process is alive."""

    status: Literal["ok"]


class Version(Closed):
    """What is running."""

    version: str
    commit: str
    started_at: datetime
    flaws: list[str]
