"""Gates as data: one line each, parsed before the run, decided after it."""

from __future__ import annotations

from harness.gates.evaluate import evaluate
from harness.gates.grammar import GRAMMAR, default_gates, format_gate, parse_gate

__all__ = ["GRAMMAR", "default_gates", "evaluate", "format_gate", "parse_gate"]
