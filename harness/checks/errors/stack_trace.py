"""A stack trace in an error (CWE-209) tells a stranger which code, libraries and versions to attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._disclosure import Clue, Sensitive, disclosed, first
from harness.checks._watching import StatusWatcher
from harness.model import Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab

CLUES = (
    Clue.of(r"Traceback \(most recent call last\)", "Traceback"),
    Clue.of(r'File "[^"\n]{1,300}", line \d+', ", line "),
    Clue.of(
        r"\bat [\w.$<>/]{3,200}\((?:[\w$-]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)",
        *(".java:", ".kt:", ".scala:", ".groovy:", "(Native Method)", "(Unknown Source)"),
    ),
    Clue.of(r"\bat (?:[\w.$<>\[\] ]{1,200} \()?(?:node:|file:|/|[A-Z]:\\)[^\s()]{1,300}:\d+:\d+\)?", "at "),
    Clue.of(r"\bat [\w.<>`]{3,200}\([^)\n]{0,200}\) in \S{1,300}:line \d+", ":line "),
    Clue.of(r"\bgoroutine \d+ \[\w+\]:|\w+\.go:\d+ \+0x[0-9a-f]+", "goroutine ", ".go:"),
    Clue.of(r"\bpanicked at [^\n]{1,200}:\d+:\d+", "panicked at "),
    Clue.of(r"#\d+ /[\w/.-]{1,300}\.php\(\d+\)|\bon line <b>\d+</b>|\.php on line \d+", ".php", "on line <b>"),
    Clue.of(r"[\w./-]{1,300}\.rb:\d+:in [`']", ".rb:"),
)
EXAMPLES = (
    'Traceback (most recent call last):\n  File "/srv/app/main.py", line 10, in read',
    "java.lang.IllegalStateException\n\tat com.example.Store.read(Store.java:42)",
    "TypeError: x\n    at read (/srv/app/store.js:10:5)",
    "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:7 +0x1d",
)


@watcher(severity=Severity.HIGH, catches=["errors.stack-trace"], owasp="API8:2023", cwe=209)
def stack_trace(lab: Lab) -> Sensitive:
    """No error holds a stack trace."""
    look = first(CLUES)
    watch = StatusWatcher(
        lab=lab,
        subject="stack traces",
        claim="errors without a stack trace",
        judge=lambda seen: disclosed(seen, "a stack trace", look),
        front=True,
    )
    return Sensitive(watch, look, EXAMPLES)
