"""What must not be in any tracked file: addresses of package indexes, paths of one machine, secrets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Put together here, so that this file does not contain what it looks for.
INDEX_HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry.np" + "mjs.org",
    "conda.ana" + "conda.org",
    "index.crates" + ".io",
    "proxy.gol" + "ang.org",
)
FORBIDDEN = {
    "the host of a package index": "|".join(re.escape(host) for host in INDEX_HOSTS),
    "the option that names a package index": r"--(?:extra-)?index-" + r"url[ =]|--find-" + r"links[ =]",
    "a path of one machine": r"(?<![\w.])/(?:ro" + r"ot|ho" + r"me|Us" + r"ers|wo" + r"rk|workspa" + r"ce)/[\w.-]+",
    "a private key": "-----BEGIN [A-Z ]*PRIVATE" + " KEY-----",
    "a key of a cloud or a forge": (
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-[0-9A-Za-z-]{10,}|sk-[A-Za-z0-9]{32,})\b"
    ),
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
}


def offences(text: str) -> list[str]:
    """What is forbidden in a text, each with the number of its line; matches themselves might be secret."""
    return [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {what}"
        for what, pattern in FORBIDDEN.items()
        for match in re.finditer(pattern, text)
    ]


def tracked_files() -> list[Path]:
    """The files of the repository that exist; without git (an unpacked archive) there is nothing to ask."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip(f"git does not list the files: {listing.stderr.strip()}")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_holds_what_is_forbidden() -> None:
    """No file names a package index or a path of one machine, or holds a secret."""
    files = tracked_files()
    assert Path(__file__) in files
    found = {
        str(file.relative_to(ROOT)): problems
        for file in files
        if (problems := offences(file.read_text("utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        f"https://files.{INDEX_HOSTS[1]}/packages/x.whl",
        f"see {INDEX_HOSTS[0]}",
        "--index-" + "url https://packages.example/simple",
        "--find-" + "links wheels",
        "/ro" + "ot/.cache/uv",
        'open("/ho' + 'me/alice/notes.txt")',
        "cd /wo" + "rk/project",
        "-----BEGIN PRIVATE" + " KEY-----",
        "-----BEGIN RSA PRIVATE" + " KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp" + "_" + "a" * 36,
        "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJhbGljZSJ9." + "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
    ],
)
def test_what_is_planted_is_found(planted: str) -> None:
    """The search finds each kind of what it looks for, and says on which line."""
    problems = offences(f"first line\n{planted}\n")
    assert problems
    assert all(problem.startswith("line 2: ") for problem in problems)


@pytest.mark.parametrize(
    "harmless", ["/api/v1/" + "root/x", "https://example.test/" + "home/alice", "tests/work/x", "sk-short", "/roots/"]
)
def test_what_is_harmless_is_not_found(harmless: str) -> None:
    """Routes and addresses that look a little like machine paths or secrets are no offence."""
    assert offences(harmless) == []


def test_requirements_are_hashed() -> None:
    """Every pinned requirement carries a hash, so that an index cannot slip in another file."""
    for file in (ROOT / "requirements").glob("*.txt"):
        pins = re.split(
            r"^(?=\S)", re.sub(r"^#.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE), flags=re.MULTILINE
        )
        unhashed = [pin.split()[0] for pin in pins if pin.strip() and "--hash=sha256:" not in pin]
        assert unhashed == [], file.name
