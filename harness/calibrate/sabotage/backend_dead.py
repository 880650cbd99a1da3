"""A load balancer answers for a backend that has died: its own health page, a page of regret, and 503."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.middle import Asked, Middle
from harness.calibrate.sabotage._base import Sabotage
from harness.model import Response

if TYPE_CHECKING:
    from harness.scenario import Scenario

REGRET = b"<!doctype html><title>Back soon</title><p>We will be right back."
HTML = (("Content-Type", "text/html; charset=utf-8"), ("Server", "balancer"))


class Balancer(Middle):
    """Passes on what a run begins with, from when the backend was alive, and answers everything else itself."""

    def __init__(self, scenario: Scenario) -> None:
        target = scenario.target
        known = (target.ready, target.version, f"GET {target.document}" if target.document else None)
        self._known = {operation.partition(" ")[2] for operation in known if operation is not None}

    async def ask(self, asked: Asked) -> Asked | Response | None:
        """Answer for the backend."""
        if asked.method == "GET" and asked.target in self._known:
            return asked
        return Response(status=200 if asked.method in {"GET", "HEAD"} else 503, headers=HTML, body=REGRET)


ABOUT_THE_PAGE = frozenset({"deployment/build"})
"""Speaks of the page that is still there, from when the backend was alive."""


SABOTAGE = Sabotage(
    title="A load balancer answers for a dead backend",
    middle=Balancer,
    affects=lambda check: check.id not in ABOUT_THE_PAGE,
)
