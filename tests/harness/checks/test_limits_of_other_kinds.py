"""Limits that come back in windows, and headers of other forms, are as good as the usual ones; wrong ones are seen."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.limits.exact_limit import exact_limit
from harness.checks.limits.headers_truthful import headers_truthful
from harness.checks.limits.refill import refill
from harness.checks.limits.retry_after_truth import retry_after_truth
from harness.model import Outcome
from harness.quota_headers import told
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from harness.model import Result
    from tests.harness.notebook import Notebook

LIMIT, WINDOW = 12, 2


@dataclass
class Limiter:
    """Twelve requests in two seconds, by one of three algorithms; `flaw` makes it wrong in one way."""

    algorithm: str
    flaw: str = ""
    draft: bool = False
    accepted: dict[str, list[float]] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response | None:
        """Answer 429, or tell what is left."""
        if request.url.path != "/me":
            return None
        now, key = time.monotonic(), request.headers.get("authorization", "")
        log = self.accepted.setdefault(key, [now] * (LIMIT - 2) if self.flaw == "used up" else [])
        window = WINDOW / (10 if self.flaw == "early" else 1)
        begin = now - window if self.algorithm == "sliding-window" else now // window * window
        log[:] = [each for each in log if each > begin]
        left = LIMIT - len(log)
        ends = (log[0] if log and self.algorithm == "sliding-window" else begin) + window
        if left > 0:
            log.append(now)
        wait = max(1, math.ceil(ends - now))
        wait = 1 if self.flaw == "short" else wait
        headers = self.headers(max(0, left - 1), wait)
        if left > 0:
            return JSONResponse({"id": key[-8:]}, headers=headers)
        return JSONResponse({}, 429, {**headers, "Retry-After": str(wait)})

    def headers(self, left: int, wait: int) -> dict[str, str]:
        """Return the headers that tell of the quota."""
        if self.draft:
            policy = f'"user";q={LIMIT};w={WINDOW}'
            return {"RateLimit-Policy": policy, "RateLimit": f'"user";r={left};t={wait}'}
        return {"X-RateLimit-Remaining": str(left)}


def limited(algorithm: str | None, headers: str) -> str:
    """Return the scenario of a notebook with that limit."""
    said = f'algorithm = "{algorithm}"\n' if algorithm else ""
    plain = TOML.replace(', limit = "limit" }', " }")
    return (
        f"{plain}\n[limits]\nrequests = {LIMIT}\nwindow = {WINDOW}\n{said}"
        f'probe = {{ operation = "GET /me" }}\n\n[limits.headers]\n{headers}\n'
    )


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("algorithm", ["fixed-window", "sliding-window"])
async def test_windows_are_as_good_as_buckets(
    url: str, notebook: Notebook, only_these: Callable[..., None], algorithm: str, declared: bool
) -> None:
    """A quota that comes back all at once is no quota that comes back too early, declared or not."""
    notebook.instead = Limiter(algorithm)
    only_these(exact_limit, refill, retry_after_truth, headers_truthful)
    text = limited(algorithm if declared else None, 'remaining = "X-RateLimit-Remaining"')
    run = await engine.verify(options(url, notebook, text=text, only=("limits",)))
    found = {name: outcome for name, outcome in outcomes(run.results).items() if name.startswith("limits/")}
    assert Outcome.FAILED not in found.values(), [
        each.sentence for result in run.results for each in result.observations
    ]
    assert found["limits/refill"] is Outcome.PASSED


@pytest.mark.parametrize("declared", ["fixed-window", None])
async def test_a_window_that_ends_too_early_is_seen(
    url: str, notebook: Notebook, only_these: Callable[..., None], declared: str | None
) -> None:
    """Ten windows in the time of one are too many for any algorithm."""
    notebook.instead = Limiter("fixed-window", flaw="early")
    only_these(refill)
    text = limited(declared, 'remaining = "X-RateLimit-Remaining"')
    run = await engine.verify(options(url, notebook, text=text, only=("limits",)))
    assert outcomes(run.results)["limits/refill"] is Outcome.FAILED


async def test_a_quota_that_was_not_full_is_no_control(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """What comes back to a quota that something else has used up says nothing of how a full one is kept."""
    notebook.instead = Limiter("sliding-window", flaw="used up")
    only_these(exact_limit, refill, retry_after_truth, headers_truthful)
    run = await engine.verify(
        options(url, notebook, text=limited(None, 'remaining = "X-RateLimit-Remaining"'), only=("limits",))
    )
    found = {name: outcome for name, outcome in outcomes(run.results).items() if name.startswith("limits/")}
    assert found.pop("limits/exact_limit") is Outcome.FAILED
    assert set(found.values()) == {Outcome.INCONCLUSIVE}


async def test_structured_fields_tell_a_quota(url: str, notebook: Notebook, only_these: Callable[..., None]) -> None:
    """The headers of the draft are read as well as the usual ones, a time of reset in seconds included."""
    notebook.instead = Limiter("sliding-window", draft=True)
    only_these(headers_truthful)
    said = 'limit = "RateLimit-Policy"\nremaining = "RateLimit"\nreset = "RateLimit"\nreset_is = "seconds"'
    run = await engine.verify(options(url, notebook, text=limited(None, said), only=("limits",)))
    result = next(each for each in run.results if each.check.id == "limits/headers_truthful")
    assert result.outcome is Outcome.PASSED, [each.sentence for each in result.observations]
    assert len(result.observations) == 3


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("20", (20, 20, 20)),
        (" 7 ", (7, 7, 7)),
        ("10, 10;w=1", (10, 10, 10)),
        ("limit=10, remaining=9, reset=1", (10, 9, 1)),
        ('"user";r=9;t=1', (None, 9, 1)),
        ('"user";q=10;w=60', (10, None, None)),
        ("", (None, None, None)),
        ("-1", (None, None, None)),
        ("2.5", (None, None, None)),
        ("\u00b2", (None, None, None)),
    ],
)
def test_headers_of_quotas_are_read_in_all_their_forms(value: str, numbers: tuple[int | None, ...]) -> None:
    """Plain numbers, early drafts and structured fields; anything else says nothing."""
    assert (told(value, "limit"), told(value, "remaining"), told(value, "reset")) == numbers


def outcomes(results: tuple[Result, ...]) -> dict[str, Outcome]:
    """Return the outcome of each check."""
    return {result.check.id: result.outcome for result in results}
