"""Somebody's title is a prefix of Alice's: what one may search for, and half of what only she can know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.benign.identical_content import also
from harness.lab.markers import ALPHABET, LENGTH

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Request

HALF = LENGTH // 2
MARKER = re.compile(rf"([{ALPHABET}]{{{LENGTH}}}-[{ALPHABET}]{{{HALF}}})[{ALPHABET}]{{{LENGTH - HALF}}}".encode())


def _cut(request: Request) -> Request:
    return replace(request, body=MARKER.sub(rb"\1", request.body))


def _tamper(session: Session) -> None:
    also(session, _cut)


VARIANT = Variant(
    title="Somebody's title is a prefix of Alice's marker",
    tamper=_tamper,
    touches=("isolation", "oracle", "integrity", "injection"),
)
