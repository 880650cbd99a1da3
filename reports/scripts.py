"""`findings/<ID>.sh`: the steps of each finding as curl commands that run again on a fresh target."""

from __future__ import annotations

import base64
import functools
import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.evidence.redact import is_sensitive
from harness.scenario import parse_scenario
from reports._captures import Capture, by_value, captures, substituted
from reports._credentials import VARIABLE, Holder, carriers, holder, holders, subjects
from reports._evidence import alike, goes_on, judged, words
from reports._lives import deletions, parents
from reports._shell import END, FUNCTIONS
from reports._view import steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.evidence.facts import Bundle
    from harness.model import Exchange, Finding, Run

__all__ = ["Holder", "needed_by", "render", "script"]

_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent"})


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return one script for each finding that exchanges show."""
    made = {finding.id: script(bundle.run, finding) for finding in bundle.run.verdict.findings}
    return {f"findings/{identifier}.sh": text.encode() for identifier, text in made.items() if text}


def script(run: Run, finding: Finding) -> str:
    """Return the script of a finding, empty when none of its exchanges was kept."""
    shown = steps(run, finding)
    if not shown:
        return ""
    sequence = _steps(run, finding)
    first = sequence.index(shown[0]) + 1
    whole = sequence[: first - 1 + len(shown)]
    known = (*captures(sequence), *subjects(run, finding, sequence))
    needed = holders(run, sequence)
    signs = _signs(whole, finding, known, first=first)
    blocks = [_block(numbers, sequence, known, run, signs) for numbers in _runs(sequence, known)]
    return "\n".join([*_head(run, finding, needed, known), FUNCTIONS, *_functions(run, needed), *blocks]) + END


def needed_by(run: Run) -> tuple[Holder, ...]:
    """Return whose credentials the scripts of all findings need."""
    return tuple(dict.fromkeys(each for finding in run.verdict.findings for each in holders(run, _steps(run, finding))))


def _steps(run: Run, finding: Finding) -> tuple[Exchange, ...]:
    """Return what must exist before, the steps themselves, and the recorded clean-up; empty where nothing was kept."""
    shown = steps(run, finding)
    whole = (*parents(run, shown), *shown) if shown else ()
    return (*whole, *deletions(run, whole))


def _signs(
    whole: Sequence[Exchange], finding: Finding, known: Sequence[Capture], *, first: int
) -> dict[int, list[str]]:
    """Return the shell lines that come after a step and compare more than its status."""
    lines: dict[int, list[str]] = {}
    found = words(whole, finding, known)
    for number in () if found else judged(whole, first):
        response = whole[number - 1].response
        part = "head" if response is not None and response.truncated else "whole"
        expected = [f"alike {number} {part} <<'LIKE'", *alike(whole[number - 1]), "LIKE"]
        lines.setdefault(number, []).append("\n".join(expected))
    for word in found:
        steps = " ".join(map(str, word.steps))
        verb = "lacks" if word.missing else "holds"
        text = f'"${word.text.name}" --word-regexp' if isinstance(word.text, Capture) else shlex.quote(word.text)
        lines.setdefault(word.steps[-1], []).append(f"{verb} {shlex.quote(steps)} {text}")
    return lines


def _runs(sequence: Sequence[Exchange], known: Sequence[Capture]) -> list[list[int]]:
    """Return the numbers of the steps, those together that send the same again and are answered alike."""
    captured = {capture.step for capture in known}
    runs: list[list[int]] = []
    for number, each in enumerate(sequence, 1):
        last = sequence[number - 2] if runs else None
        same = last is not None and _sends(last) == _sends(each) and not {number, number - 1} & captured
        runs = [*runs[:-1], [*runs[-1], number]] if same else [*runs, [number]]
    return runs


def _sends(exchange: Exchange) -> tuple[object, ...]:
    return exchange.user, exchange.subject, exchange.forged, exchange.purpose, exchange.request, exchange.status


def _head(run: Run, finding: Finding, needed: Sequence[Holder], known: Sequence[Capture]) -> list[str]:
    parts = urlsplit(run.target.base_url)
    where = finding.observation.operation or finding.observation.subject
    minted = parse_scenario(run.scenario_text, where="scenario.toml").users.minted
    fleeting = minted is not None and minted.published is not None
    title = f"{finding.id}  {finding.severity}  {where}: {finding.observation.sentence}"
    return [
        "#!/usr/bin/env bash",
        *(f"# {line}" for line in title.splitlines()),
        f'# Check {finding.check.id}, run {run.id}. Fresh credentials:  eval "$(harness env BUNDLE)"',
        "set -eu",
        f"BASE_URL=${{BASE_URL:-{shlex.quote(f'{parts.scheme}://{parts.netloc}')}}}",
        *(f': "${{{each.variable}{_needs(each, fleeting=fleeting)}}}"' for each in needed),
        *(f': "${{{each.name}:?see the head of this script}}"' for each in known if each.pointer == ""),
        "",
    ]


def _needs(who: Holder, *, fleeting: bool) -> str:
    if fleeting:
        return ":?is good only while a run publishes its key, see it with harness replay; or put in a token of your own"
    if who.forged is None:
        return ":?needs a credential, see the head of this script"
    return f"?needs a forged credential ({_word(who.forged)}); harness env says why where it cannot make it"


def _functions(run: Run, needed: Sequence[Holder]) -> list[str]:
    """Credentials reach curl through a pipe, so that no process list shows them."""
    lines = []
    for who in needed:
        values = " ".join(f"{shlex.quote(f'{header}: ')}{_expand(text)}" for header, text in carriers(run, who))
        lines.append(f"{_function(who)}() {{ printf '%s\\n' {values}; }}")
    return [*lines, ""]


def _block(
    numbers: Sequence[int],
    sequence: Sequence[Exchange],
    known: Sequence[Capture],
    run: Run,
    signs: Mapping[int, Sequence[str]],
) -> str:
    number, exchange = numbers[-1], sequence[numbers[-1] - 1]
    request = exchange.request
    before = [capture for capture in known if capture.step < number]
    who = holder(run, exchange)
    options = [f"--header @<({_function(who)})"] if carriers(run, who) else []
    options += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in request.headers if _sent(name)]
    which = str(number) if len(numbers) == 1 else f"{numbers[0]} to {number}"
    lines = [
        f"# {which}. {_line(exchange.purpose) or 'request'} as {exchange.user}"
        + (f", forged: {_line(exchange.forged)}" if exchange.forged else "")
    ]
    if request.body:
        lines.append(_body(number, request.body, before))
        options.append(f'--data-binary @"$work/{number}.request"')
    status = "any" if goes_on(exchange) else "none" if exchange.status is None else str(exchange.status)
    target = _joined(substituted(request.target, before, _counts(run.scenario_text)))
    often = [f"times={len(numbers)}"] if len(numbers) > 1 else []
    lines.append(" ".join([*often, "request", str(number), shlex.quote(request.method), target, status, *options]))
    lines += [capture.command() for capture in known if capture.step == number]
    return "\n".join([*lines, *signs.get(number, ()), ""])


@functools.lru_cache(maxsize=8)
def _counts(scenario_text: str) -> frozenset[str]:
    """Return the parameters that count: how many objects a page holds, and where it begins."""
    specs = parse_scenario(scenario_text, where="scenario.toml").resource
    calls = [call for spec in specs for call in (spec.listing, spec.search) if call is not None]
    pages = [call.pagination for call in calls if call.pagination is not None]
    begin = {page.parameter for page in pages if page.style in {"offset", "page"}}
    return frozenset(begin | {page.limit for page in pages if page.limit is not None})


def _body(number: int, body: bytes, before: Sequence[Capture]) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        encoded = base64.encodebytes(body).decode().rstrip()
        return f"base64 --decode > \"$work/{number}.request\" <<'BODY'\n{encoded}\nBODY"
    return f"printf '%s' {_joined(by_value(text, before))} > \"$work/{number}.request\""


def _joined(pieces: Sequence[str | Capture]) -> str:
    """Return the pieces as one shell word in which the ids of recorded objects are those of new ones."""
    whole = [shlex.quote(text) if text else f'"${name}"' for text, name in _merged(pieces)]
    return "".join(whole) or "''"


def _merged(pieces: Sequence[str | Capture]) -> list[tuple[str, str]]:
    """Return (text, "") and ("", name of a variable), with neighbouring texts as one."""
    merged: list[tuple[str, str]] = []
    for piece in pieces:
        if isinstance(piece, Capture):
            merged.append(("", piece.name))
        elif merged and merged[-1][0]:
            merged[-1] = (merged[-1][0] + piece, "")
        elif piece:
            merged.append((piece, ""))
    return merged


def _expand(template: str) -> str:
    """Return a template as one shell word in which only our variables are expanded."""
    parts = VARIABLE.split(template)
    quoted = [shlex.quote(part) if index % 2 == 0 else f'"${part}"' for index, part in enumerate(parts) if part]
    return "".join(quoted)


def _function(who: Holder) -> str:
    return f"as_{who.words}"


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower() or "x"


def _line(text: str) -> str:
    return " ".join(text.split())


def _sent(name: str) -> bool:
    return name.lower() not in _OURS and not is_sensitive(name)
