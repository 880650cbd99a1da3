"""What a request may say beside what it must: one optional property at a time, with values that may matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.examples import NoExampleError, example
from harness.openapi.samples import SAMPLE
from harness.openapi.shapes import flattened, properties, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONG_AGO, FAR_AHEAD = "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
MOST = 6
USUAL = (100, 1000)
"""What is tried of a number without bounds: usual sizes of large pages."""
LONGEST = 4096
SMALL = 0.01
"""How far into its range a fraction is tried."""


def options(
    root: Mapping[str, Any], schema: Mapping[str, Any] | None, known: Mapping[str, Any], level: int = 0
) -> Iterator[dict[str, Any]]:
    """Walk members that a body of this schema may have, each alone: `{name: value}`.

    `known` are values that objects are created with, by name: a filter on one of these finds them.
    """
    required = set(flattened(root, schema or {}).get("required") or ())
    for name, flat in properties(root, schema or {}).items():
        if name not in required:
            yield from ({name: value} for value in values(root, name, flat, known, level))


def values(
    root: Mapping[str, Any], name: str, schema: Mapping[str, Any], known: Mapping[str, Any], level: int = 0
) -> Iterator[Any]:
    """Walk values of one schema: all of an enumeration, both truth values, the bounds of a number, what is known.

    Of a fraction, one just above the least is among them: the least often means that there is no threshold.
    """
    flat, kinds = flattened(root, schema), types_of(flattened(root, schema))
    if name in known:
        yield known[name]
        if isinstance(known[name], list) and len(known[name]) > 1:
            yield known[name][:1]
    elif isinstance(flat.get("enum"), list):
        yield from [value for value in flat["enum"] if value is not None][:MOST]
    elif "boolean" in kinds:
        yield from (True, False)
    elif kinds & {"integer", "number"}:
        bounds = [flat[bound] for bound in ("maximum", "minimum") if isinstance(flat.get(bound), int | float)]
        yield from (int(bound) if bound == int(bound) else bound for bound in bounds or USUAL)
        if len(bounds) > 1 and "number" in kinds:
            yield bounds[1] + SMALL * (bounds[0] - bounds[1])
    elif flat.get("format") == "date-time":
        yield from (LONG_AGO, FAR_AHEAD)
    elif "object" in kinds and flat.get("properties") and not level:
        yield {}  # neither none nor any
        yield from options(root, flat, known, level + 1)
    elif "array" in kinds:
        yield from _made(root, flat)


def _made(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Any]:
    least, items = schema.get("minItems", 0), flattened(root, schema.get("items") or {})
    if types_of(items) & {"integer", "number"} and isinstance(least, int | float) and 0 < least <= LONGEST:
        yield [1] * int(least)  # a vector
        return
    try:
        yield example(schema, root, marker=SAMPLE, must_carry=False)
    except NoExampleError:
        return
