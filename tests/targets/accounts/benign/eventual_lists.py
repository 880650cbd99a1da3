"""Lists and counts are answered by two replicas, of which one lags a second behind: what is new comes and goes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import own

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

mode = "benign"
touches = ["isolation", "integrity", "oracle", "injection", "exposure", "authorization"]
scenario = {"resource": {"item": {"settle": 2.0}}}
LAG = timedelta(seconds=1)
ROLL = random.Random(21)


def shown(account: Account, item: Item) -> bool:
    """Whether the replica that is asked knows the item already."""
    age = datetime.now(UTC) - datetime.fromisoformat(item.created_at)
    return own(account, item) and (age > LAG or ROLL.random() < 1 / 2)


def apply(parts: Parts) -> Parts:
    """Return the parts with lists that lag."""
    return replace(parts, listed=shown, searched=shown, counted=shown)
