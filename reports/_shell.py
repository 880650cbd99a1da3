"""The shell functions of a finding's script; what they compare with is in the script itself."""

from __future__ import annotations

import inspect

from reports import _likeness

_COMPARE = """
if __name__ == "__main__":
    import sys

    folder, step, whole = sys.argv[1:]
    with open(f"{folder}/{step}.head", encoding="utf-8", errors="replace") as file:
        head = file.read().replace("\\r", "").strip().split("\\n\\n")[-1].split("\\n")
    body = open(f"{folder}/{step}.body", encoding="utf-8", errors="replace").read() if whole == "whole" else ""
    pairs = [tuple(part.strip() for part in line.split(":", 1)) for line in head[1:] if ":" in line]
    found = likeness(int(head[0].split()[1]), pairs, body)
    known = sys.stdin.read().splitlines()
    for line in [f"was: {each}" for each in known if each not in found] + [
        f"is:  {each}" for each in found if each not in known
    ]:
        print(f"   step {step} {line[:200]}")
    sys.exit(found != known)
"""

FUNCTIONS = f"""\
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed=0

# [times=N] request STEP METHOD TARGET RECORDED [curl options]: sends, shows the answer, and compares its status.
request() {{
  step=$1 method=$2 target=$3 recorded=$4
  shift 4
  : > "$work/$step.head"; : > "$work/$step.body"
  [ "$method" != HEAD ] || set -- --head "$@"
  for _ in $(seq "${{times:-1}}"); do set -- "$@" --output "$work/$step.body" "$BASE_URL$target"; done
  curl --silent --show-error --globoff --path-as-is --max-time 60 --request "$method" \\
    --dump-header "$work/$step.head" --write-out '%{{http_code}}\\n' "$@" > "$work/$step.status" || :
  status=$(sort "$work/$step.status" | uniq -c | awk '{{print $2 ($1 > 1 ? " (" $1 " times)" : "")}}' | paste -s -)
  status=${{status:-none}} status=${{status/000/none}}
  [ -z "${{times:-}}" ] || recorded="$recorded ($times times)"
  printf '%s. %s %s -> %s (recorded: %s)\\n' "$step" "$method" "$target" "$status" "$recorded"
  [ ! -s "$work/$step.body" ] || {{ head -c 2000 "$work/$step.body"; echo; }}
  [ "$status" = "$recorded" ] || [ "$recorded" = any ] || changed=1
}}

# holds STEPS TEXT: whether one of these answers holds a text, as it did.
holds() {{
  for step in $1; do
    ! grep --quiet --fixed-strings "${{@:3}}" -- "$2" "$work/$step.head" "$work/$step.body" || return 0
  done
  printf '   step %s: %s is not there any more\\n' "$1" "$2"
  changed=1
}}

# lacks STEP TEXT: whether an answer lacks a text, as it did.
lacks() {{
  ! grep --quiet --fixed-strings "${{@:3}}" -- "$2" "$work/$1.body" || {{
    printf '   step %s: %s is there\\n' "$1" "$2"
    changed=1
  }}
}}

# alike STEP whole|head: whether an answer is of the recorded kind, given line by line.
alike() {{
  python3 "$work/likeness.py" "$work" "$1" "$2" || changed=1
}}

# pointer STEP JSON-POINTER: a value out of the answer of a step.
pointer() {{
  python3 -c '
import json, sys
try:
    value = json.load(open(sys.argv[1], encoding="utf-8"))
    for part in sys.argv[2].split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part.replace("~1", "/").replace("~0", "~")]
    print(value)
except (LookupError, TypeError, ValueError):
    sys.exit(f"   there is no {{sys.argv[2]}} in the answer")' "$work/$1.body" "$2"
}}

# encoded: what comes in, as it stands in a query.
encoded() {{
  python3 -c 'import sys, urllib.parse; print(urllib.parse.quote_plus(sys.stdin.read().strip()))'
}}

# location STEP: the last segment of the Location header of a step.
location() {{
  sed -n 's|^[Ll]ocation:[[:space:]]*||p' "$work/$1.head" | tr -d '\\r' | sed 's|[?#].*||; s|/*$||; s|.*/||' | tail -n 1
}}

cat > "$work/likeness.py" <<'PYTHON'
{inspect.getsource(_likeness)}{_COMPARE}PYTHON
"""
END = """
[ "$changed" = 0 ] && echo 'Every answer is as it was when the finding was made: it is still there.' && exit 0
echo 'At least one answer is not as recorded: this does not show the finding any more.'
exit 1
"""
