"""`findings/<ID>.sh`: the steps of each finding as curl commands that run again on a fresh target."""

from __future__ import annotations

import base64
import re
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.evidence.redact import is_sensitive
from reports._captures import Capture, captures
from reports._lives import deletions, parents
from reports._view import steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.evidence.facts import Bundle
    from harness.model import Exchange, Finding, Run

_VARIABLE = re.compile(r"\$(HARNESS_[A-Z0-9_]+)")
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent"})
_FUNCTIONS = """\
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed=0

# request STEP METHOD TARGET RECORDED [curl options]: sends, shows the answer, and says where it is not as recorded.
request() {
  step=$1 method=$2 target=$3 recorded=$4
  shift 4
  [ "$method" != HEAD ] || set -- --head "$@"
  status=$(curl --silent --show-error --globoff --path-as-is --max-time 60 --request "$method" "$@" \\
    --dump-header "$work/$step.head" --output "$work/$step.body" --write-out '%{http_code}' \\
    "$BASE_URL$target") || status=none
  printf '%s. %s %s -> %s (recorded: %s)\\n' "$step" "$method" "$target" "$status" "$recorded"
  [ ! -s "$work/$step.body" ] || { head -c 2000 "$work/$step.body"; echo; }
  [ "$status" = "$recorded" ] || changed=1
}

# pointer STEP JSON-POINTER: a value out of the answer of a step.
pointer() {
  python3 -c '
import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for part in sys.argv[2].split("/")[1:]:
    value = value[int(part)] if isinstance(value, list) else value[part.replace("~1", "/").replace("~0", "~")]
print(value)' "$work/$1.body" "$2"
}

# location STEP: the last segment of the Location header of a step.
location() {
  sed -n 's|^[Ll]ocation:[[:space:]]*||p' "$work/$1.head" | tr -d '\\r' | sed 's|[?#].*||; s|/*$||; s|.*/||' | tail -n 1
}
"""
_END = """
[ "$changed" = 0 ] && echo 'Every answer has the status it had when the finding was made.' && exit 0
echo 'At least one answer has another status than recorded.'
exit 1
"""


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return one script for each finding that exchanges show."""
    made = {finding.id: script(bundle.run, finding) for finding in bundle.run.verdict.findings}
    return {f"findings/{identifier}.sh": text.encode() for identifier, text in made.items() if text}


def script(run: Run, finding: Finding) -> str:
    """Return the script of a finding, empty when none of its exchanges was kept."""
    shown = steps(run, finding)
    if not shown:
        return ""
    shown = (*parents(run, shown), *shown)
    known = captures(shown)
    sequence = [*shown, *deletions(run, shown)]
    keys = dict.fromkeys((each.user, each.forged) for each in sequence)
    credentials = {_function(user, forged): _credential(run, user, forged) for user, forged in keys}
    blocks = [_block(number, exchange, known, run) for number, exchange in enumerate(sequence, 1)]
    return "\n".join([*_head(run, finding, credentials), _FUNCTIONS, *_functions(credentials), *blocks]) + _END


def _head(run: Run, finding: Finding, credentials: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    parts = urlsplit(run.target.base_url)
    names = sorted(
        {name for carriers in credentials.values() for _, template in carriers for name in _VARIABLE.findall(template)}
    )
    where = finding.observation.operation or finding.observation.subject
    title = f"{finding.id}  {finding.severity}  {where}: {finding.observation.sentence}"
    return [
        "#!/usr/bin/env bash",
        *(f"# {line}" for line in title.splitlines()),
        f'# Check {finding.check.id}, run {run.id}. Fresh credentials:  eval "$(harness env BUNDLE)"',
        "set -eu",
        f"BASE_URL=${{BASE_URL:-{shlex.quote(f'{parts.scheme}://{parts.netloc}')}}}",
        *(f': "${{{name}:?needs a credential, see the head of this script}}"' for name in names),
        "",
    ]


def _functions(credentials: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """Credentials reach curl through a pipe, so that no process list shows them."""
    lines = []
    for name, carriers in credentials.items():
        if carriers:
            values = " ".join(f"{shlex.quote(f'{header}: ')}{_expand(template)}" for header, template in carriers)
            lines.append(f"{name}() {{ printf '%s\\n' {values}; }}")
    return [*lines, ""]


def _credential(run: Run, user: str, forged: str | None) -> list[list[str]]:
    """Return header and template of what a user sends; a forgery takes the place of its token."""
    known: Mapping[str, Any] = run.facts.get("credentials") or {}
    carriers = [[str(header), str(template)] for header, template in known.get(user, ())]
    if forged is None:
        return carriers
    variable = f"$HARNESS_FORGED_{_word(forged).upper()}"
    return [[header, _VARIABLE.sub(lambda _found: variable, template)] for header, template in carriers]


def _block(number: int, exchange: Exchange, known: Sequence[Capture], run: Run) -> str:
    request = exchange.request
    before = [capture for capture in known if capture.step < number]
    carriers = _credential(run, exchange.user, exchange.forged)
    options = [f"--header @<({_function(exchange.user, exchange.forged)})"] if carriers else []
    options += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in request.headers if _sent(name)]
    lines = [
        f"# {number}. {exchange.purpose or 'request'} as {exchange.user}"
        + (f", forged: {_line(exchange.forged)}" if exchange.forged else "")
    ]
    if request.body:
        lines.append(_body(number, request.body, before))
        options.append(f'--data-binary @"$work/{number}.request"')
    status = "none" if exchange.status is None else str(exchange.status)
    target = _substitute(request.target, before)
    call = " ".join(["request", str(number), shlex.quote(request.method), target, status, *options])
    lines.append(call)
    lines += [capture.command() for capture in known if capture.step == number]
    return "\n".join([*lines, ""])


def _body(number: int, body: bytes, before: Sequence[Capture]) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        encoded = base64.encodebytes(body).decode().rstrip()
        return f"base64 --decode > \"$work/{number}.request\" <<'BODY'\n{encoded}\nBODY"
    return f"printf '%s' {_substitute(text, before)} > \"$work/{number}.request\""


def _substitute(text: str, before: Sequence[Capture]) -> str:
    """Return `text` as one shell word in which the ids of recorded objects are those of new ones."""
    pieces: list[str | Capture] = [text]
    for capture in before:
        pieces = [part for piece in pieces for part in (capture.split(piece) if isinstance(piece, str) else [piece])]
    words = [shlex.quote(piece) if isinstance(piece, str) else f'"${piece.name}"' for piece in pieces if piece != ""]
    return "".join(words) or "''"


def _expand(template: str) -> str:
    """Return a template as one shell word in which only our variables are expanded."""
    parts = _VARIABLE.split(template)
    quoted = [shlex.quote(part) if index % 2 == 0 else f'"${part}"' for index, part in enumerate(parts) if part]
    return "".join(quoted)


def _function(user: str, forged: str | None) -> str:
    return "as_" + _word(user) + (f"_{_word(forged)}" if forged else "")


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower() or "x"


def _line(text: str) -> str:
    return " ".join(text.split())


def _sent(name: str) -> bool:
    return name.lower() not in _OURS and not is_sensitive(name)
