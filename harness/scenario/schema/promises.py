"""What the service promises of limits, tracing and errors."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import Field

from harness.scenario.schema.base import Model, Pointer
from harness.scenario.schema.calls import Call


class LimitHeaders(Model):
    """Names of the headers that tell about the quota."""

    limit: str | None = None
    remaining: str | None = None
    reset: str | None = None
    reset_is: Literal["epoch", "seconds"] = "epoch"
    retry_after: str = "Retry-After"


class LimitsSpec(Model):
    """The declared rate limit per user."""

    requests: int = Field(ge=1)
    window: float = Field(gt=0, description="Seconds in which `requests` refill")
    claims: dict[str, Any] = Field(
        default_factory=dict, description="Claims of a user with this limit, where users are minted"
    )
    probe: Call | None = Field(None, description="A cheap harmless request that costs one")
    free_statuses: list[int] = Field(default_factory=list, description="Statuses that cost nothing")
    algorithm: Literal["token-bucket", "fixed-window", "sliding-window"] | None = Field(
        None,
        description="How the quota comes back: a little all the time, or all at once when a window ends;"
        " where this is not said, either is right",
    )
    headers: LimitHeaders = Field(default_factory=LimitHeaders)
    quota: int | None = Field(
        None, description="What an ordinary user of this run has in one window, if less is known than infinity"
    )

    @property
    def rate(self) -> float:
        """Requests that refill in a second."""
        return self.requests / self.window

    def most(self, seconds: float) -> int:
        """Return how many requests of one user a correct limiter lets through in so many seconds at most.

        Of windows, a last one may be over right after the beginning, and a next one begin right before the end.
        """
        if self.algorithm == "token-bucket":
            return self.requests + math.floor(self.rate * seconds + 1e-9)
        return self.requests * (math.floor(seconds / self.window) + 2)


class TracingSpec(Model):
    """The request id that every response carries."""

    header: str
    body: Pointer | None = Field(None, description="Where errors repeat it")
    echo: bool = Field(True, description="Whether a valid incoming id is echoed")  # noqa: FBT003


class ErrorsSpec(Model):
    """What every error body must hold."""

    fields: list[str] = Field(default_factory=list)
    media_type: str | None = None
    declared_only: bool = Field(False, description="Promised for the answers that the document declares, no others")  # noqa: FBT003
