"""The grammar of a gate, one line of text such as `p95 "POST /search" <= 250 ms`."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.model import Gate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GRAMMAR = """\
success rate ["METHOD /path"] >= N %
pN ["METHOD /path"] <= N ms | s            (p50, p95, p99.9)
security violations == 0
isolation verified == 100 %
jwt enforcement == 100 %
rate-limit isolation == all passed
contract == 0
cleanup == 0
generator honest
each may go on: [at N % confidence] [from N samples] [optional]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Metric:
    """What may follow a metric: comparisons, its unit, and the one limit there is, if only one makes sense."""

    comparisons: tuple[str, ...]
    unit: str = ""
    only: float | None = None
    per_operation: bool = False


_METRICS: Mapping[str, _Metric] = {
    "success rate": _Metric(comparisons=(">=",), unit="%", per_operation=True),
    "security violations": _Metric(comparisons=("==", "<="), only=0),
    "isolation verified": _Metric(comparisons=("==", ">="), unit="%", only=100),
    "jwt enforcement": _Metric(comparisons=("==", ">="), unit="%", only=100),
    "rate-limit isolation": _Metric(comparisons=("==",), unit="all passed", only=100),
    "contract": _Metric(comparisons=("==", "<=")),
    "cleanup": _Metric(comparisons=("==", "<=")),
    "generator honest": _Metric(comparisons=()),
}
_QUANTILE = _Metric(comparisons=("<=",), unit="ms", per_operation=True)
_EXPONENT = 1e6  # from which on `g` writes one
_NUMBER = r"\d+(?:\.\d+)?"

_DEFAULTS = (
    "security violations == 0",
    "isolation verified == 100 %",
    "jwt enforcement == 100 %",
    "rate-limit isolation == all passed",
    "contract == 0",
    "cleanup == 0",
    "generator honest",
    "success rate >= 99 %",
    "p95 <= 400 ms",
)
_PROFILES = ("quick", "ci", "full")


def default_gates(profile: str = "ci") -> tuple[Gate, ...]:
    """Return the gates a run is decided by when the scenario names none: the same for every profile.

    Raises ConfigurationError for an unknown profile.
    """
    if profile not in _PROFILES:
        message = f"expected a profile ({', '.join(_PROFILES)}), found {profile!r}{_hint(profile, _PROFILES)}"
        raise ConfigurationError(message)
    return tuple(parse_gate(line) for line in _DEFAULTS)


def parse_gate(line: str) -> Gate:
    """Return the gate that `line` describes; see GRAMMAR.

    Raises ConfigurationError naming the column, what was expected there and what was found.
    """
    reader = _Reader(line)
    name, metric = _metric(reader)
    operation = reader.take(r'"([^"]+)"') if metric.per_operation else None
    comparison, limit = _condition(reader, metric) if metric.comparisons else ("==", 1.0)
    confidence, minimum, required = _riders(reader)
    reader.end()
    return Gate(
        name=f'{name} "{operation}"' if operation else name,
        metric=f"{name}:{operation}" if operation else name,
        comparison=comparison,
        limit=limit,
        unit=metric.unit,
        confidence=confidence,
        minimum=minimum,
        required=required,
    )


def format_gate(gate: Gate) -> str:
    """Return the line that `parse_gate` turns back into `gate`."""
    words = [gate.name]
    if gate.unit == "all passed":
        words += [gate.comparison, gate.unit]
    elif gate.metric != "generator honest":
        words += [gate.comparison, f"{gate.limit:g}" if gate.limit < _EXPONENT else f"{gate.limit:f}", gate.unit]
    if gate.confidence != Gate.__dataclass_fields__["confidence"].default:
        words.append(f"at {gate.confidence * 100:.12g} % confidence")
    if gate.minimum != 1:
        words.append(f"from {gate.minimum} samples")
    if not gate.required:
        words.append("optional")
    return " ".join(word for word in words if word)


class _Reader:
    """A line and how far it has been read."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.position = 0
        self.take("")

    def take(self, pattern: str) -> str | None:
        """Return what matches `pattern` here (its first group, if any) and move past it; None without moving."""
        match = re.compile(pattern, re.IGNORECASE).match(self.line, self.position)
        if match is None:
            return None
        self.position = match.end()
        while self.position < len(self.line) and self.line[self.position].isspace():
            self.position += 1
        return match[1] if match.re.groups else match[0]

    def rest(self) -> str:
        """Return what has not been read."""
        return self.line[self.position :].rstrip()

    def end(self) -> None:
        """Require that everything has been read."""
        if self.rest():
            raise self.wrong('the end, "at N % confidence", "from N samples" or "optional"')

    def wrong(self, expected: str, hint: str = "") -> ConfigurationError:
        """Return the error that says where the line stops making sense."""
        found = f'"{self.rest()}"' if self.rest() else "the end of the line"
        return ConfigurationError(
            f"gate {self.line!r}, column {self.position + 1}: expected {expected}, found {found}{hint}"
        )


def _metric(reader: _Reader) -> tuple[str, _Metric]:
    quantile = reader.take(rf"p{_NUMBER}(?![\w.])")
    if quantile is not None:
        if not 0 < float(quantile[1:]) < 100:  # noqa: PLR2004 - percent
            message = f"gate {reader.line!r}, column 1: expected a percentile between p0 and p100, found {quantile}"
            raise ConfigurationError(message)
        return quantile.lower(), _QUANTILE
    for name, metric in _METRICS.items():
        if reader.take(rf"{re.escape(name)}(?![\w-])") is not None:
            return name, metric
    words = re.split(r"[\"<>=]", reader.rest())[0].strip()
    raise reader.wrong(f"a metric ({', '.join(_METRICS)}, p95)", _hint(words.lower(), _METRICS))


def _condition(reader: _Reader, metric: _Metric) -> tuple[str, float]:
    comparison = reader.take("|".join(map(re.escape, metric.comparisons)))
    if comparison is None:
        raise reader.wrong(" or ".join(metric.comparisons))
    start = reader.position
    limit = _limit(reader, metric)
    if metric.only is not None and limit != metric.only:
        reader.position = start
        raise reader.wrong(f"{metric.only:g} {metric.unit}".strip(), "; no other limit means anything here")
    return comparison, limit


def _limit(reader: _Reader, metric: _Metric) -> float:
    if metric.unit == "all passed":
        if reader.take(r"all passed\b") is None:
            raise reader.wrong("all passed")
        return 100.0
    start = reader.position
    number = reader.take(_NUMBER)
    if number is None:
        raise reader.wrong("a number")
    unit = reader.take(r"ms\b|s\b") if metric.unit == "ms" else reader.take(re.escape(metric.unit))
    if unit is None:
        raise reader.wrong("ms or s" if metric.unit == "ms" else metric.unit)
    limit = float(number) * (1000 if unit.lower() == "s" else 1)
    most = 100 if metric.only else 99.999
    if metric.unit == "%" and limit > most:
        reader.position = start
        raise reader.wrong(f"at most {most} %", "" if metric.only else "; no number of samples can show 100 %")
    if not metric.unit and not limit.is_integer():
        reader.position = start
        raise reader.wrong("a whole number")
    return limit


def _riders(reader: _Reader) -> tuple[float, int, bool]:
    start = reader.position
    confidence = float(reader.take(rf"at ({_NUMBER}) ?% confidence\b") or 95) / 100
    if not 0.5 <= confidence < 1:  # noqa: PLR2004 - below one half it would be a bet against the gate
        reader.position = start
        raise reader.wrong("a confidence of at least 50 % and below 100 %")
    minimum = int(reader.take(r"from (\d+) samples?\b") or 1)
    return confidence, max(1, minimum), reader.take(r"optional\b") is None


def _hint(found: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(found, known, n=1, cutoff=0.5)
    return f'; did you mean "{close[0]}"?' if close else ""
