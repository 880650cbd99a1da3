"""A finding as three panes: what the owner saw, what the other user got, what the owner saw afterwards."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.evidence.serialise import whole
from reports._credentials import carriers, holder
from reports._view import steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Exchange, Finding, Run

_TELLING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a body; `mark` is "same" where it repeats the owner's object, "new" where it is not as before."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """One exchange as a reader meets it."""

    title: str
    user: str
    request: str
    status: str
    tone: str
    lines: tuple[Line, ...]
    cut: bool
    exchange: str
    remarks: tuple[str, ...] = ()


def panes(run: Run, finding: Finding, *, most: int) -> tuple[Pane, ...]:
    """Return the exchanges before, at and after the attempt, the body of each with at most `most` characters."""
    shown = steps(run, finding)
    if not shown:
        return ()
    at = _attempt(shown, finding)
    before, attempt, after = shown[at - 1] if at else None, shown[at], shown[at + 1] if at + 1 < len(shown) else None
    owned = frozenset() if before is None else frozenset(_telling(before))
    made = []
    if before is not None:
        made.append(_pane("Owner", before, most, same=frozenset(), known=None))
    made.append(_pane("Attempt", attempt, most, same=owned if attempt.ok else frozenset(), known=None))
    if after is not None:
        made.append(
            _pane(
                "Read back" if before is not None else "Afterwards", after, most, same=frozenset(), known=owned or None
            )
        )
    return tuple(made)


def curl(run: Run, exchange: Exchange) -> str:
    """Return a curl command as recorded; a credential comes from the environment through standard input."""
    parts = [f"curl -sS --globoff -X {shlex.quote(exchange.request.method)}"]
    headers = _credential(run, exchange)
    if headers:
        parts.append("-H @-")
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in _declared(exchange)]
    if exchange.request.body:
        parts.append(f"--data-binary {shlex.quote(exchange.request.body.decode('utf-8', 'replace'))}")
    parts.append(shlex.quote(url(run, exchange)))
    if headers:
        parts.append(f'<<< "{headers[0][0]}: {headers[0][1]}"')
    return " ".join(parts)


def httpie(run: Run, exchange: Exchange) -> str:
    """Return the same for HTTPie, which reads a body from standard input."""
    words = [f"http --pretty=format {shlex.quote(exchange.request.method)} {shlex.quote(url(run, exchange))}"]
    words += [f'"{name}:{template}"' for name, template in _credential(run, exchange)]
    words += [shlex.quote(f"{name}:{value}") for name, value in _declared(exchange)]
    body = exchange.request.body.decode("utf-8", "replace")
    return " ".join(words) + (f" <<< {shlex.quote(body)}" if body else " --ignore-stdin")


def pytest(run: Run, finding: Finding) -> str:
    """Return a test with httpx that repeats the recorded steps and asserts that the last one is not as recorded."""
    shown = steps(run, finding)
    name = finding.id.lower().replace("-", "_")
    lines = ["import os", "import httpx", "", f"def test_{name}():"]
    for number, exchange in enumerate(shown, 1):
        lines.append(f"    # {exchange.purpose or 'request'} as {exchange.user}, recorded: {exchange.status}")
        lines.append(f"    answer_{number} = httpx.request({exchange.request.method!r}, {url(run, exchange)!r},")
        headers = [f"{key!r}: {_python(template)}" for key, template in _credential(run, exchange)]
        headers += [f"{key!r}: {value!r}" for key, value in _declared(exchange)]
        content = f", content={exchange.request.body!r}" if exchange.request.body else ""
        lines.append(f"        headers={{{', '.join(headers)}}}{content})")
    lines.append(
        f"    assert answer_{len(shown)}.status_code != {shown[-1].status}" if shown else "    raise AssertionError"
    )
    return "\n".join(lines)


def url(run: Run, exchange: Exchange) -> str:
    """Return the address an exchange went to."""
    parts = urlsplit(run.target.base_url)
    return f"{parts.scheme}://{parts.netloc}{exchange.request.target}"


def body_text(exchange: Exchange) -> str:
    """Return the body received for reading: JSON indented, other text as it is, bytes by their number."""
    body = exchange.body
    try:
        return whole(json.dumps(json.loads(body), indent=1, ensure_ascii=False))
    except (ValueError, RecursionError):
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text)"


def _attempt(shown: Sequence[Exchange], finding: Finding) -> int:
    """Where the attack is: by its purpose, else the last one of somebody else than the first user, else the last."""
    attacker = finding.observation.users[-1] if finding.observation.users else None
    by_purpose = [
        index
        for index, exchange in enumerate(shown)
        if exchange.purpose.startswith(("attempt", "attack")) or exchange.forged
    ]
    stranger = [index for index, exchange in enumerate(shown) if exchange.user != shown[0].user]
    by_user = [index for index, exchange in enumerate(shown) if exchange.user == attacker]
    return (by_purpose or stranger or by_user or [len(shown) - 1])[-1]


def _pane(title: str, exchange: Exchange, most: int, *, same: frozenset[str], known: frozenset[str] | None) -> Pane:
    text = body_text(exchange)
    cut = len(text) > most
    lines = tuple(Line(text=line, mark=_mark(line, same, known)) for line in text[:most].splitlines())
    status = "no answer" if exchange.status is None else str(exchange.status)
    forged = (f"forged: {exchange.forged}",) if exchange.forged else ()
    error = (exchange.error,) if exchange.error else ()
    return Pane(
        title=f"{title}: {exchange.purpose}"
        if exchange.purpose and exchange.purpose.replace("-", " ").lower() not in title.lower()
        else title,
        user=exchange.user,
        request=f"{exchange.request.method} {exchange.request.target}",
        status=status,
        tone=("failed" if title == "Attempt" else "passed") if exchange.ok else "muted",
        lines=lines,
        cut=cut,
        exchange=exchange.id,
        remarks=(*forged, *error),
    )


def _mark(line: str, same: frozenset[str], known: frozenset[str] | None) -> str:
    bare = line.strip(" ,")
    if len(bare) < _TELLING:
        return ""
    if bare in same:
        return "same"
    return "new" if known is not None and bare not in known else ""


def _telling(exchange: Exchange) -> list[str]:
    return [bare for line in body_text(exchange).splitlines() if len(bare := line.strip(" ,")) >= _TELLING]


def _credential(run: Run, exchange: Exchange) -> list[tuple[str, str]]:
    return carriers(run, holder(run, exchange))


def _declared(exchange: Exchange) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in exchange.request.headers
        if name.lower() in {"content-type", "accept", "if-match"}
    ]


def _python(template: str) -> str:
    head, found, variable = template.partition("$")
    return f'{head!r} + os.environ["{variable}"]' if found else repr(template)
