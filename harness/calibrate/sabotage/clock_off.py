"""The clocks of client and service are ten minutes apart, as their `Date` headers show."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from harness.calibrate.changes import behind
from harness.calibrate.sabotage._base import Sabotage, minted

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check, Response

SECONDS = 600
TIMES = frozenset({"tokens.expiry", "tokens.lifetime", "tokens.not-before"})


def _shift(response: Response) -> Response:
    headers = tuple(
        (name, _later(value)) if name.lower() == "date" else (name, value) for name, value in response.headers
    )
    return replace(response, headers=headers)


def _later(date: str) -> str:
    return formatdate(parsedate_to_datetime(date).timestamp() + SECONDS, usegmt=True)


def _tamper(session: Session) -> None:
    behind(session, _shift)


def _affects(check: Check) -> bool:
    return bool(TIMES & set(check.catches))


SABOTAGE = Sabotage(title="The client's clock is ten minutes off", tamper=_tamper, affects=_affects, applies=minted)
