"""Two users and no hand-written line: most of what a hand-written scenario verifies is verified.

Both runs get users of the same kind, by two given tokens each, so that what needs a signing key or new users is
offered to neither. All other checks are compared, but load, fuzzing and latency: their samples vary with the machine.
What cannot be inferred counts against the inference: the expected build, a pinned document, undeclared limits of size.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import yaml

from tests.acceptance.running import REPOSITORY, Service, harness, readable
from tests.targets.accounts.app import build as accounts_app
from tests.targets.accounts.parts import Parts as AccountsParts
from tests.targets.projects.app import build as projects_app
from tests.targets.projects.parts import Parts as ProjectsParts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.targets.common.running import Stage

SHARE, SILENT_SHARE = 0.9, 0.8
USERS = ("--user", "alice=env:A", "--user", "bob=env:B")
BOUNDS = ("--skip", "load", "--skip", "contract/fuzz", "--skip", "latency", "--allow", "load", "--allow", "drain")
KEYS = {f"user{number}": f"key-of-user{number}" for number in range(4)}
PASSWORD = "correct horse battery staple 1!"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The checks that passed with the scenario of each kind."""

    written: frozenset[str]
    inferred: frozenset[str]

    @property
    def share(self) -> float:
        """The share of what the hand-written scenario verifies that is verified without it."""
        return len(self.written & self.inferred) / len(self.written)

    def __str__(self) -> str:
        """Return the figures, and what is missing."""
        missing = ", ".join(sorted(self.written - self.inferred)) or "nothing"
        return f"{len(self.written & self.inferred)} of {len(self.written)} ({self.share:.1%}); missing: {missing}"


def compared(name: str, url: str, tokens: list[str], folder: Path, *document: str) -> Comparison:
    """Run init and both verifications, each with two of four tokens."""
    made = harness("init", url, "-o", "inferred.toml", *document, folder=folder)
    assert made.code == 0, made.shown
    shutil.copytree(REPOSITORY / "scenarios", folder / "scenarios")
    written = passed(url, folder / "scenarios" / f"{name}.toml", tokens[:2], folder)
    return Comparison(written=written, inferred=passed(url, folder / "inferred.toml", tokens[2:], folder))


def passed(url: str, scenario: Path, tokens: list[str], folder: Path) -> frozenset[str]:
    """Return the checks that pass with a scenario."""
    shutil.rmtree(folder / "artifacts", ignore_errors=True)
    given = ("verify", url, "--scenario", str(scenario), *USERS, *BOUNDS, "--seed", "1")
    ended = harness(*given, folder=folder, A=tokens[0], B=tokens[1])
    assert ended.code in {0, 10}, ended.shown
    return frozenset(each["id"] for each in readable(folder)["checks"] if each["outcome"] == "passed")


def test_knowledge(service: Service, tmp_path: Path) -> None:
    """Uploads, searches and memories, with bearer tokens."""
    run = secrets.token_hex(4)
    tokens = [service.token(f"inferred-{run}-{number}", tier="enterprise", lifetime=3600) for number in range(4)]
    found = compared("knowledge", service.url, tokens, tmp_path)
    print(f"knowledge: {found}")  # noqa: T201 -- the figures, with `pytest -s`
    assert found.share >= SHARE, str(found)


def test_projects(theatre: Stage, tmp_path: Path) -> None:
    """Notes below projects, cursors, and a key in a header; the document is where a link says."""
    application = projects_app(ProjectsParts(), {"PROJECTS_USERS": json.dumps(KEYS), "PROJECTS_ADMIN_KEY": "a-key"})
    found = compared("projects", theatre.show(application), list(KEYS.values()), tmp_path)
    print(f"projects: {found}")  # noqa: T201 -- as above
    assert found.share >= SHARE, str(found)


def test_projects_with_a_document_that_describes_no_answer(theatre: Stage, tmp_path: Path) -> None:
    """As many frameworks write them: statuses only, or `{}` as the schema of whatever is answered."""
    application = projects_app(ProjectsParts(), {"PROJECTS_USERS": json.dumps(KEYS), "PROJECTS_ADMIN_KEY": "a-key"})
    url = theatre.show(application)
    with httpx.Client(base_url=url, trust_env=False) as client:
        document = yaml.safe_load(client.get("/spec/openapi.yaml").raise_for_status().text)
    (tmp_path / "silent.json").write_text(json.dumps(silenced(document)), encoding="utf-8")
    found = compared("projects", url, list(KEYS.values()), tmp_path, "--document", "silent.json")
    print(f"projects, silent document: {found}")  # noqa: T201 -- as above
    assert found.share >= SILENT_SHARE, str(found)


def silenced(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document that says which statuses there are, and of successes that they hold JSON."""
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                said = {"description": "", "content": {"application/json": {"schema": {}}}}
                operation["responses"] = {
                    status: said if status.startswith("2") and status != "204" else {"description": ""}
                    for status in operation["responses"]
                }
    return document


def test_accounts(theatre: Stage, tmp_path: Path) -> None:
    """Items that are public or private, and sessions by cookie."""
    url = theatre.show(accounts_app(AccountsParts(), {}))
    tokens = []
    for number in range(4):
        known = {"username": f"inferred{number}", "password": PASSWORD}
        with httpx.Client(base_url=url, trust_env=False) as client:
            client.post("/signup", json={**known, "email": f"{number}@example.com"}).raise_for_status()
            tokens.append(client.post("/login", data=known).raise_for_status().cookies["session"])
    found = compared("accounts", url, tokens, tmp_path)
    print(f"accounts: {found}")  # noqa: T201 -- as above
    assert found.share >= SHARE, str(found)
