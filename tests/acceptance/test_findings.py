"""A flaw that somebody serves is found, and the steps of the finding show it to whoever pastes them.

On a sound service the same steps do not: a script that always says yes would prove nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.running import REPOSITORY, Ended, bundle, harness, readable, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="bash and curl are needed to run the steps"
)
SECRETS = {"KNOWLEDGE_JWT_SECRET": secrets.token_urlsafe(48), "PROJECTS_ADMIN_KEY": secrets.token_urlsafe(24)}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A flaw of a service, the check that finds it, and the roles that the finding names."""

    service: str
    flaw: str
    check: str
    users: tuple[str, ...] = ("alice", "bob")

    def __str__(self) -> str:
        """Name the test."""
        return f"{self.service}-{self.flaw}-{self.check.rpartition('/')[2]}"


CASES = (
    Case(service="knowledge", flaw="tenant-list-leak", check="isolation/list_foreign_objects"),
    Case(service="knowledge", flaw="tenant-search-leak", check="isolation/search_foreign_objects"),
    Case(service="knowledge", flaw="tenant-delete-foreign-hidden", check="isolation/delete_foreign_object"),
    Case(service="knowledge", flaw="jwt-exp-ignored", check="tokens/expiry", users=("alice",)),
    Case(service="knowledge", flaw="jwt-alg-none", check="tokens/algorithm_none", users=("alice",)),
    Case(
        service="knowledge",
        flaw="authn-missing-on-list",
        check="authentication/missing_credential",
        users=("alice", "nobody"),
    ),
    Case(service="knowledge", flaw="oracle-body-diff", check="oracle/status_and_body"),
    Case(service="knowledge", flaw="rl-xff-trusted", check="limits/spoofed_address", users=("alice",)),
    Case(service="knowledge", flaw="cors-reflect-credentials", check="cors/origins", users=()),
    Case(service="knowledge", flaw="err-stack-trace-422", check="errors/stack_trace", users=()),
    Case(service="knowledge", flaw="tenant-list-leak", check="isolation/paging"),
    Case(service="projects", flaw="note-list-leak-on-page-two", check="isolation/paging"),
    Case(service="projects", flaw="project-list-leak-on-page-two", check="isolation/paging"),
    Case(service="projects", flaw="note-read-foreign", check="isolation/read_foreign_object"),
    Case(service="projects", flaw="note-patch-foreign", check="isolation/update_foreign_object"),
    Case(service="projects", flaw="owner-assigned-on-create", check="authorization/mass_assignment"),
    Case(service="accounts", flaw="item-update-foreign", check="isolation/update_foreign_object"),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The same services without a flaw."""
    folder = tmp_path_factory.mktemp("sound")
    with (
        served("knowledge", folder, **SECRETS) as knowledge,
        served("projects", folder, **SECRETS) as projects,
        served("accounts", folder, **SECRETS) as accounts,
    ):
        yield {"knowledge": knowledge, "projects": projects, "accounts": accounts}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_steps_of_a_finding_show_it_where_it_is_and_nowhere_else(
    case: Case, sound: dict[str, str], tmp_path: Path
) -> None:
    """NO-GO, exit 1; the finding names check and users; its steps, pasted after the exports of `env`, show the flaw."""
    scenario = str(REPOSITORY / "scenarios" / f"{case.service}.toml")
    with served(case.service, tmp_path, flaws=case.flaw, **SECRETS) as url:
        ended = harness("verify", url, "-s", scenario, "--only", case.check, folder=tmp_path, **SECRETS)
        document = readable(tmp_path)
        found = [each for each in document["findings"] if each["check"] == case.check]
        assert found, ended.shown
        grave = found[0]["severity"] in {"critical", "high"}  # less stops no gate by itself
        assert (ended.code, document["decision"]) == ((1, "NO-GO") if grave else (10, "HOLD")), ended.shown
        assert any(set(each["users"]) == set(case.users) for each in found), found
        shown = _steps(tmp_path, found[0], url)
        assert shown.code == 0, shown.shown
    denied = _steps(tmp_path, found[0], sound[case.service])
    assert denied.code == 1, denied.shown


def _steps(folder: Path, finding: dict[str, Any], url: str) -> Ended:
    """Paste the steps of a finding, with fresh credentials, as a reader would."""
    exports = harness("env", str(bundle(folder)), "--url", url, folder=folder, **SECRETS)
    assert exports.code == 0, exports.shown
    script = bundle(folder) / "findings" / f"{finding['id']}.sh"
    known = {name: value for name, value in os.environ.items() if not name.startswith("HARNESS_")}
    done = subprocess.run(
        ["bash", "-c", f'eval "$EXPORTS"; bash "{script}"'],
        env={**known, "EXPORTS": exports.out},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)
