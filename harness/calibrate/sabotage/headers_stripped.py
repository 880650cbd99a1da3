"""A proxy strips every `X-` header from what the service answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.sabotage._base import Sabotage, behind

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check, Response
    from harness.scenario import Scenario


def _strip(response: Response) -> Response:
    kept = tuple((name, value) for name, value in response.headers if not name.lower().startswith("x-"))
    return replace(response, headers=kept)


def _tamper(session: Session) -> None:
    behind(session, _strip)


def _affects(check: Check) -> bool:
    return bool({"tracing", "limit-headers"} & set(check.needs.features))


def _applies(scenario: Scenario) -> bool:
    return scenario.tracing is not None and scenario.tracing.header.lower().startswith("x-")


SABOTAGE = Sabotage(title="A proxy strips X-* headers", tamper=_tamper, affects=_affects, applies=_applies)
