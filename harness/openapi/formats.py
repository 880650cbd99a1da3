"""Checks of the `format` values that mean the same everywhere; unknown formats are annotations."""

from __future__ import annotations

import functools
import ipaddress
import re
import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from jsonschema import FormatChecker

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)


def _is_date_time(text: str) -> bool:
    """RFC 3339, but a missing offset is let pass: it is too common to be worth a finding."""
    if not _DATE_TIME.match(text):
        return False
    # A leap second is a valid 60, which datetime does not know.
    datetime.fromisoformat(f"{text[:10]}T{text[11:19].replace(':60', ':59')}")
    return True


def _is_date(text: str) -> bool:
    return bool(_DATE.match(text)) and bool(date.fromisoformat(text))


def _is_email(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain)


CHECKS: dict[str, Callable[[str], object]] = {
    "date-time": _is_date_time,
    "date": _is_date,
    "uuid": uuid.UUID,
    "email": _is_email,
    "ipv4": ipaddress.IPv4Address,
    "ipv6": ipaddress.IPv6Address,
}


def is_format(name: str, value: object) -> bool:
    """Whether a value has the format `name`; values that are no texts, and unknown formats, have it."""
    check = CHECKS.get(name)
    if check is None or not isinstance(value, str):
        return True
    try:
        return bool(check(value))
    except ValueError:
        return False


def format_checker() -> FormatChecker:
    """Return a checker of exactly these formats, whatever else is installed."""
    checker = FormatChecker(formats=())
    checker.checkers = {name: (functools.partial(is_format, name), ()) for name in CHECKS}
    return checker
