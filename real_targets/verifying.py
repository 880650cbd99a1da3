"""From `harness init` to three verdicts: on the inferred scenario, on the committed one, and on that with a leak."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
HARNESS = (sys.executable, "-m", "harness")
GRAVE = frozenset({"critical", "high"})
ISOLATION = "isolation verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one run decided, or that it ended otherwise."""

    title: str
    exit_code: int
    document: dict[str, Any] | None

    @property
    def isolation(self) -> str:
        """The outcome of the gate on isolation."""
        gates = self.document["gates"] if self.document else []
        return next((str(each["outcome"]) for each in gates if each["metric"] == ISOLATION), "not decided")

    @property
    def grave(self) -> frozenset[str]:
        """The checks with a finding that nobody may overlook."""
        findings = self.document["findings"] if self.document else []
        return frozenset(each["check"] for each in findings if each["severity"] in GRAVE)

    @property
    def breaches(self) -> frozenset[str]:
        """The checks of isolation that found anything."""
        findings = self.document["findings"] if self.document else []
        return frozenset(each["check"] for each in findings if each["check"].startswith("isolation/"))

    def sound(self, known: frozenset[str]) -> bool:
        """Whether isolation was shown but for what is known to be true, and nothing else that is grave was found."""
        shown = self.isolation == "passed" or (self.isolation == "failed" and self.breaches <= known)
        return shown and self.grave <= known

    def tell(self) -> None:
        """Print one paragraph."""
        found = self.document["findings"] if self.document else []
        decision = self.document["decision"] if self.document else "no verdict"
        sys.stdout.write(
            f"{self.title}: {decision} (exit {self.exit_code}); isolation {self.isolation}; {len(found)} findings\n"
        )
        sys.stdout.writelines(f"    {each['severity']:8} {each['check']}: {each['sentence']}\n" for each in found)
        sys.stdout.flush()


def infer(url: str, document: str, folder: Path) -> Path:
    """Write the scenario that the target suggests, and return its file. Raises CalledProcessError."""
    scenario = folder / "inferred.toml"
    scenario.unlink(missing_ok=True)
    command = [*HARNESS, "init", url, "--document", document, "--output", str(scenario)]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - a command of this repository
    return scenario


def verified(title: str, artifacts: Path, *arguments: str) -> Verdict:
    """Run `harness verify`, print what came of it, and return it."""
    command = [*HARNESS, "verify", "--json", "--artifacts", str(artifacts), *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)  # noqa: S603 - as above
    document = json.loads(done.stdout) if done.stdout.strip() else None
    verdict = Verdict(title=title, exit_code=done.returncode, document=document)
    verdict.tell()
    return verdict
