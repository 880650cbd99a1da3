"""The kill matrix of a calibration: which checks failed on which seeded flaws, as a picture and as lists of proofs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCORES = ("name", "flaws", "killed", "silent", "false_alarms", "hollow", "vacuous", "youden")
CELL, ROW, LABEL, HEAD = 5, 12, 226, 92
APART = 13  # the names of narrow families are written beside each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A seeded flaw: whose, of what family, which checks catch its weakness, and which failed on it."""

    name: str
    family: str
    catching: frozenset[str]
    failed: frozenset[str]

    @property
    def kills(self) -> frozenset[str]:
        """The checks that killed it."""
        return self.catching & self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Kills:
    """What a report shows of a calibration."""

    version: str
    profile: str
    at: str
    counts: dict[str, tuple[int, int]]
    families: tuple[dict[str, Any], ...]
    checks: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def proofs(self) -> dict[str, tuple[str, ...]]:
        """Return the flaws that each check killed; a check without one is there too, with none."""
        return {check: tuple(flaw.name for flaw in self.columns if check in flaw.kills) for check in self.checks}

    @property
    def picture(self) -> Markup:
        """Return the matrix as SVG: a row for each check, a column for each flaw."""
        return _picture(self.checks, self.columns)


def read(file: bytes) -> Kills | None:
    """Return what the file of a calibration says, None where it has not the known shape."""
    try:
        document = json.loads(file)
        flaws = [row for row in document["matrix"] if row["kind"] == "flaw"]
        columns = sorted((_column(row) for row in flaws), key=lambda flaw: (flaw.family, flaw.name))
        seen = {check for row in document["matrix"] for check in (*row["outcomes"], *row["catching"])}
        return Kills(
            version=str(document["harness"]),
            profile=str(document["profile"]),
            at=str(document["at"]),
            counts={str(kind): (int(each["right"]), int(each["tried"])) for kind, each in document["counts"].items()},
            families=tuple({key: family[key] for key in SCORES} for family in document["families"]),
            checks=tuple(sorted(map(str, seen))),
            columns=tuple(columns),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _column(row: Mapping[str, Any]) -> Column:
    return Column(
        name=f"{row['service']}/{row['name']}",
        family=str(row["weakness"]).partition(".")[0],
        catching=frozenset(map(str, row["catching"])),
        failed=frozenset(str(check) for check, outcome in row["outcomes"].items() if outcome == "failed"),
    )


def _picture(checks: Sequence[str], columns: Sequence[Column]) -> Markup:
    width, height = LABEL + CELL * len(columns) + HEAD // 2, HEAD + ROW * len(checks) + 4
    rows = {check: HEAD + ROW * number for number, check in enumerate(checks)}
    parts = [*_stripes(columns, height), *(_label(check, top) for check, top in rows.items())]
    for number, flaw in enumerate(columns):
        parts += [_cell(check, flaw, LABEL + CELL * number, rows[check]) for check in sorted(flaw.failed & set(rows))]
    frame = (
        '<svg class="chart kills" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">{3}</svg>'
    )
    title = f"{len(checks)} checks against {len(columns)} seeded flaws; the table below says the same in words"
    return Markup(frame).format(width, height, title, Markup("").join(parts))  # noqa: S704 - a literal, values escaped


def _stripes(columns: Sequence[Column], height: int) -> list[Markup]:
    """Return a stripe and a slanted name for each family of flaws."""
    parts, left, at = [], LABEL, 0.0
    for number, (family, flaws) in enumerate(groupby(columns, key=lambda flaw: flaw.family)):
        width = CELL * len(list(flaws))
        stripe = '<rect class="stripe{}" x="{}" y="{}" width="{}" height="{}"/>'
        name = '<text class="label" transform="translate({} {}) rotate(-50)">{}</text>'
        at = max(left + width / 2, at + APART)
        parts += [
            Markup(stripe).format(number % 2, left, HEAD - 2, width, height - HEAD),  # noqa: S704 - as above
            Markup(name).format(at, HEAD - 8, family),  # noqa: S704 - as above
        ]
        left += width
    return parts


def _label(check: str, top: int) -> Markup:
    text = '<a href="#{}"><text class="label" x="{}" y="{}" text-anchor="end">{}</text></a>'
    return Markup(text).format(anchor(check), LABEL - 8, top + ROW - 3, check)  # noqa: S704 - as above


def _cell(check: str, flaw: Column, left: int, top: int) -> Markup:
    kind, said = ("kill", "killed by") if check in flaw.catching else ("also", "also failed:")
    cell = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{} {} {}</title></rect>'
    return Markup(cell).format(kind, left, top + 1, CELL - 1, ROW - 2, flaw.name, said, check)  # noqa: S704 - as above


def anchor(check: str) -> str:
    """Return the name of the place where the proofs of a check are."""
    return f"proof-{check.replace('/', '-')}"
