"""`harness checks`, `explain` and `schema`: what there is, without a target."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from harness.engine.plan import every_check
from harness.errors import ConfigurationError
from harness.scenario import load_scenario, scenario_schema

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Check


def list_checks(scenario: Path | None, *, as_json: bool) -> None:
    """Print every check with its weaknesses; with a scenario, whether its resources can feed it."""
    checks = every_check()
    if scenario is not None:
        known, _ = load_scenario(scenario)
        verbs = [resource.abilities for resource in known.resource]
        checks = tuple(
            check
            for check in checks
            if not check.needs.operations or any(set(check.needs.operations) <= each for each in verbs)
        )
    if as_json:
        typer.echo(json.dumps([_row(check) for check in checks], indent=2))
        return
    width = max(len(check.id) for check in checks)
    for check in checks:
        typer.echo(f"{check.id:<{width}}  {check.severity.value:<8}  {check.title}")
    typer.echo(f"{len(checks)} checks; `harness explain ID` tells more")


def explain(identifier: str) -> None:
    """Print all that is known of one check; raises ConfigurationError for an id that does not exist."""
    check = next((each for each in every_check() if each.id == identifier), None)
    if check is None:
        message = f"{identifier!r} is no check; `harness checks` lists them"
        raise ConfigurationError(message)
    typer.echo(f"{check.id}: {check.title}\n\n{check.explanation}\n")
    for name, value in _row(check).items():
        if name not in {"id", "title"} and value not in (None, [], ""):
            typer.echo(f"  {name:<10} {', '.join(map(str, value)) if isinstance(value, list) else value}")


def print_schema() -> None:
    """Print the JSON Schema of scenario files."""
    typer.echo(json.dumps(scenario_schema(), indent=2))


def _row(check: Check) -> dict[str, object]:
    needs = check.needs
    return {
        "id": check.id,
        "title": check.title,
        "kind": "watcher" if check.watch else "probe" if check.run else "phase",
        "severity": check.severity.value,
        "owasp": check.owasp,
        "cwe": check.cwe,
        "catches": list(check.catches),
        "mode": check.mode,
        "needs": [*([f"{needs.users} users"] if needs.users > 1 else []), *needs.operations, *needs.features],
    }
