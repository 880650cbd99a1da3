"""Charts as inline SVG, drawn on the server: coordinates here, colours in the style sheet."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from reports._load import QUANTILES, Bucket, Latency, percentile
from reports._view import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 30
COLOURS = 6
_LIMITED = 429
_TAIL = (0.0, 50.0, 75.0, 90.0, 95.0, 97.5, 99.0, 99.5, 99.9, 99.95, 99.99)

Point = tuple[float, float]


@dataclass(kw_only=True)
class _Plot:
    """A frame with two axes; `x` and `y` map data to pixels."""

    x: Callable[[float], float]
    y: Callable[[float], float]
    title: str
    height: int = HEIGHT
    parts: list[Markup] = field(default_factory=list)

    def tick_x(self, value: float, label: str) -> None:
        at = self.x(value)
        self.add(
            '<line class="tick" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
            _p(at),
            self.height - BOTTOM,
            self.height - BOTTOM + 4,
        )
        self.add(
            '<text class="label" x="{}" y="{}" text-anchor="middle">{}</text>', _p(at), self.height - BOTTOM + 17, label
        )

    def tick_y(self, value: float, label: str) -> None:
        at = _p(self.y(value))
        self.add('<line class="grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>', LEFT, WIDTH - RIGHT, at)
        self.add('<text class="label" x="{}" y="{}" text-anchor="end" dy="0.32em">{}</text>', LEFT - 7, at, label)

    def line(self, points: Iterable[Point], css: str) -> None:
        coordinates = " ".join(f"{_p(self.x(x))},{_p(self.y(y))}" for x, y in points)
        if coordinates:
            self.add('<polyline class="line {}" points="{}"/>', css, coordinates)

    def add(self, template: str, *values: object) -> None:
        self.parts.append(Markup(template).format(*values))  # noqa: S704 - templates are literals, values are escaped

    def svg(self) -> Markup:
        body = Markup("").join(self.parts)
        frame = '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
        return Markup(frame).format(WIDTH, self.height, self.title, body)  # noqa: S704 - a literal, its values escaped


def percentile_curve(latencies: Sequence[Latency], limit: float | None) -> Markup:
    """Return latency against percentile, the tail stretched logarithmically, with the limit as a dashed line."""
    finite = [value for latency in latencies for value in latency.intended if math.isfinite(value)]
    top = _ceiling(max([*(finite and [_tail_top(latencies)]), (limit or 0) * 1.05, 1.0]))
    last = max((len(latency.intended) for latency in latencies), default=1)
    right = _nines(min(99.99, 100 - 100 / max(last, 2)))
    plot = _Plot(
        x=lambda quantile: LEFT + _nines(quantile) / right * (WIDTH - LEFT - RIGHT),
        y=_scale_y(top, HEIGHT),
        title="Latency by percentile, from the intended send time",
    )
    _axis_y(plot, top, " ms")
    for quantile in (50.0, 90.0, 99.0, 99.9, 99.99):
        if _nines(quantile) <= right:
            plot.tick_x(quantile, f"{quantile:g} %")
    _limit(plot, limit)
    for index, latency in enumerate(latencies):
        values = ((quantile, percentile(latency.intended, quantile)) for quantile in _TAIL if _nines(quantile) <= right)
        plot.line(
            [(quantile, value) for quantile, value in values if value is not None and math.isfinite(value)],
            f"c{index % COLOURS}",
        )
    return plot.svg()


def latency_over_time(buckets: Sequence[Bucket], limit: float | None) -> Markup:
    """Return median and p95 of each stretch of time, failures as ticks below."""
    seen = [value for bucket in buckets for value in (bucket.p50, bucket.p95) if value is not None]
    top = _ceiling(max([*seen, 1.0]))
    plot = _Plot(x=_scale_x(_end(buckets)), y=_scale_y(top, HEIGHT), title="Latency over time: median and p95")
    _axis_y(plot, top, " ms")
    _axis_seconds(plot, _end(buckets))
    if limit is not None and limit <= top:
        _limit(plot, limit)
    plot.line([(bucket.at, bucket.p95) for bucket in buckets if bucket.p95 is not None], "c1")
    plot.line([(bucket.at, bucket.p50) for bucket in buckets if bucket.p50 is not None], "c0")
    return plot.svg()


def rate_over_time(buckets: Sequence[Bucket], asked: float) -> Markup:
    """Return what was asked, answered as declared, and failed, a second."""
    height = 150
    top = _ceiling(max([asked * 1.1, *(bucket.answered for bucket in buckets)]))
    plot = _Plot(
        x=_scale_x(_end(buckets)),
        y=_scale_y(top, height),
        title="Rate over time: asked, answered, failed",
        height=height,
    )
    _axis_y(plot, top, "/s", lines=2)
    _axis_seconds(plot, _end(buckets))
    _limit(plot, asked)
    plot.line([(bucket.at, bucket.answered) for bucket in buckets], "c0")
    plot.line([(bucket.at, bucket.failed) for bucket in buckets], "bad")
    return plot.svg()


def lanes(rows: Sequence[Mapping[str, object]]) -> Markup:
    """Return a lane for each user on one time axis: a tick for each answer, 429 marked, the quota left as a line."""
    events = [[_event(event) for event in _list(row.get("events"))] for row in rows]
    times = [event[0] for lane in events for event in lane] or [0.0]
    first, last = min(times), max(times)
    lane_height = 64
    height = TOP + lane_height * len(rows) + BOTTOM
    plot = _Plot(
        x=_scale_x(max(last - first, 0.001)),
        y=lambda value: value,
        title="Answers of each user over time, 429 marked",
        height=height,
    )
    _axis_seconds(plot, max(last - first, 0.001))
    for index, (row, lane) in enumerate(zip(rows, events, strict=True)):
        _lane(
            plot,
            str(row.get("user", "")),
            [(at - first, status, left) for at, status, left in lane],
            TOP + index * lane_height,
            lane_height - 12,
        )
    return plot.svg()


def _lane(plot: _Plot, user: str, lane: Sequence[tuple[float, int, float | None]], top: float, height: float) -> None:
    plot.add(
        '<text class="label" x="{}" y="{}" text-anchor="end" dy="0.32em">{}</text>',
        LEFT - 7,
        top + height / 2,
        user[:7],
    )
    plot.add('<rect class="lane" x="{}" y="{}" width="{}" height="{}"/>', LEFT, top, WIDTH - LEFT - RIGHT, height)
    for kind, chosen in (("served", False), ("limited", True)):
        path = "".join(
            f"M{_p(plot.x(at))} {_p(top + height - 14)}v12" for at, status, _ in lane if (status == _LIMITED) is chosen
        )
        if path:
            plot.add('<path class="{}" d="{}"/>', kind, path)
    most = max((left for _, _, left in lane if left is not None), default=0) or 1
    span = height - 18
    points = [(at, top + 2 + span * (1 - left / most)) for at, _, left in lane if left is not None]
    plot.line(points, "c0")


def _event(event: object) -> tuple[float, int, float | None]:
    found = event if isinstance(event, dict) else {}
    left = found.get("remaining")
    return float(found.get("at") or 0.0), int(found.get("status") or 0), None if left is None else float(left)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _tail_top(latencies: Sequence[Latency]) -> float:
    tops = [latency.percentile(quantile) for latency in latencies for quantile in (*QUANTILES, 99.99)]
    return max((top for top in tops if top is not None and math.isfinite(top)), default=1.0)


def _nines(quantile: float) -> float:
    """0 at 0 %, 1 at 90 %, 2 at 99 %, 3 at 99.9 %."""
    return -math.log10(1 - quantile / 100)


def _scale_x(end: float) -> Callable[[float], float]:
    return lambda value: LEFT + value / end * (WIDTH - LEFT - RIGHT)


def _scale_y(top: float, height: int) -> Callable[[float], float]:
    return lambda value: height - BOTTOM - min(value, top) / top * (height - TOP - BOTTOM)


def _axis_y(plot: _Plot, top: float, unit: str, *, lines: int = 4) -> None:
    for index in range(lines + 1):
        value = top * index / lines
        plot.tick_y(value, f"{number(value)}{unit if index == lines else ''}")


def _axis_seconds(plot: _Plot, end: float) -> None:
    step = _ceiling(end / 6)
    for index in range(int(end / step) + 1):
        plot.tick_x(index * step, f"{index * step:g} s")


def _limit(plot: _Plot, limit: float | None) -> None:
    if limit is not None:
        plot.add('<line class="limit" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>', LEFT, WIDTH - RIGHT, _p(plot.y(limit)))


def _end(buckets: Sequence[Bucket]) -> float:
    return max((bucket.at for bucket in buckets), default=1.0) * 1.01


def _ceiling(value: float) -> float:
    """Return the next of 1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10 times a power of ten: four even parts of it are round."""
    power = 10 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next((step * power for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8) if step * power >= value), 10 * power)


def _p(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
