"""A small number within the bounds of a schema."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from harness.openapi.shapes import types_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def number_for(flat: Mapping[str, Any]) -> float:
    """Return the default, 1, or the number nearest to it that the bounds of a flattened schema allow."""
    default = flat.get("default")
    if isinstance(default, (int, float)) and not isinstance(default, bool):
        return default
    is_whole = "number" not in types_of(flat)
    unit = flat.get("multipleOf", 1 if is_whole else 0)
    low = max(flat.get("minimum", -math.inf), flat.get("exclusiveMinimum", -math.inf))
    high = min(flat.get("maximum", math.inf), flat.get("exclusiveMaximum", math.inf))
    value: float = min(max(1, low), high)
    if unit:
        value = (math.ceil if value < high else math.floor)(value / unit) * unit
    step = unit or (min(1.0, (high - low) / 2) if high > low else 1.0)
    if value == flat.get("exclusiveMinimum"):
        value += step
    if value == flat.get("exclusiveMaximum"):
        value -= step
    return int(value) if is_whole and float(value).is_integer() else value
