"""How much of a document a run has reached is said wherever it says what was not verified."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from harness.console import show_verdict
from harness.evidence.document import covered
from reports import html, markdown
from tests.harness.evidence import builders
from tests.reports.runs import bundle

COUNTS = {"documented": 19, "understood": 17, "answered": 12, "judged": 9}
SENTENCE = "of 19 documented operations 17 understood (89%), 12 answered with success (63%), 9 judged for access (47%)"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (COUNTS, SENTENCE),
        ({"documented": 2, "answered": 1, "judged": 0}, "of 2 documented operations 1 answered with success (50%), "),
        ({"documented": 0, "answered": 0, "judged": 0}, None),
        (None, None),
    ],
    ids=["inferred", "a scenario", "no operations", "an older bundle"],
)
def test_the_share_of_operations_is_a_sentence(counts: dict[str, int] | None, expected: str | None) -> None:
    """It names all that there are, and what was understood, answered and judged; nothing without a document."""
    said = covered({"operations": counts})
    assert (said or "").startswith(expected) if expected else said is None


def test_reports_and_console_say_it() -> None:
    """Markdown, HTML and the terminal hold the same sentence."""
    made = builders.run()
    read = bundle(replace(made, facts={**made.facts, "operations": COUNTS}))
    terminal = Console(file=io.StringIO(), width=300)
    show_verdict(terminal, read, Path("artifacts/run"))
    assert isinstance(terminal.file, io.StringIO)
    written = [*markdown.render(read).values(), *html.render(read).values(), terminal.file.getvalue().encode()]
    assert [SENTENCE.encode() in each for each in written].count(True) >= 3
    assert f"REACH  {SENTENCE}" in terminal.file.getvalue()
