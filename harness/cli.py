"""Arguments and exit codes, nothing else."""

from __future__ import annotations

import asyncio
import secrets
import shlex
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from harness.commands.interruption import INTERRUPTED, interruptible
from harness.errors import ConfigurationError, HarnessError

app = typer.Typer(
    name="harness",
    help="Decide from evidence whether a build of a multi-user HTTP API may take real traffic:"
    " GO (0), NO-GO (1) or HOLD (10).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

INTERNAL = 3
# Some versions of typer carry a click of their own, so the class is found through one that typer exports.
USAGE_ERROR: type[Exception] = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException")

Url = Annotated[str | None, typer.Argument(help="Base URL of the target, for example https://staging.example.com")]
ScenarioFile = Annotated[
    Path | None, typer.Option("--scenario", "-s", help="What is known of the target (scenarios/*.toml)")
]
Users = Annotated[
    list[str] | None,
    typer.Option("--user", help="A user: NAME=env:VAR or NAME=file:PATH; give two", metavar="NAME=env:VAR"),
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="A file with the operations: OpenAPI, HAR, Postman or Insomnia; instead of --document",
        metavar="FILE",
    ),
]
Names = Annotated[list[str] | None, typer.Option(help="Check, or family of checks; may be repeated")]


@app.command()
def verify(
    *,
    url: Url = None,
    scenario: ScenarioFile = None,
    user: Users = None,
    auth: Annotated[
        Path | None, typer.Option(help="Users from a Web Fuzzing Commons file, instead of --user", metavar="FILE")
    ] = None,
    document: Annotated[
        str | None, typer.Option(help="Where the OpenAPI document is (path or file), where no scenario says it")
    ] = None,
    source: Source = None,
    profile: Annotated[str, typer.Option(help="quick, ci or full")] = "quick",
    seed: Annotated[int | None, typer.Option(help="Repeats the choices of an earlier run")] = None,
    only: Names = None,
    skip: Names = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="load, fuzz, drain: what given users permit; production: run there at all")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Start the service by the command of the scenario first")
    ] = False,
    flaws: Annotated[str, typer.Option(help="With --serve: seeded flaws to switch on, comma-separated")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="Send nothing that could write")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and send nothing")] = False,
    json_: Annotated[bool, typer.Option("--json", help="The verdict document alone on standard output")] = False,
    key: Annotated[Path | None, typer.Option(help="Ed25519 private key (PEM) that signs the bundle")] = None,
    artifacts: Annotated[Path, typer.Option(help="Where bundles land")] = Path("artifacts"),
) -> None:
    """Verify a target and leave an evidence bundle."""
    from harness.commands.starting import VerifyRequest
    from harness.commands.starting import verify as command
    from harness.commands.target import operations

    request = VerifyRequest(
        url=url,
        scenario=scenario,
        users=tuple(user or ()),
        auth=auth,
        document=operations(document, source),
        profile=profile,
        seed=secrets.randbelow(10**6) if seed is None else seed,
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        allowed=frozenset(allow or ()) | ({"read-only"} if read_only else set()),
        serve=serve,
        flaws=flaws,
        dry_run=dry_run,
        json=json_,
        key=key,
        artifacts=artifacts,
        command=shlex.join(["harness", *sys.argv[1:]]),
    )
    raise typer.Exit(interruptible(command(request)))


@app.command()
def init(
    url: Annotated[str, typer.Argument(help="Base URL of the target")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output by default")
    ] = None,
    document: Annotated[str | None, typer.Option(help="Where the OpenAPI document is (path or file)")] = None,
    source: Source = None,
    *,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let no user sign up and try it")] = False,
) -> None:
    """Infer a scenario from the target's OpenAPI document or a recording, with the evidence for each inference."""
    from harness.commands.init import init as command
    from harness.commands.target import operations

    raise typer.Exit(command(url, output, operations(document, source), tries=not read_only))


@app.command()
def checks(
    *,
    scenario: ScenarioFile = None,
    json_: Annotated[bool, typer.Option("--json", help="As JSON")] = False,
) -> None:
    """List every check: what it catches, and what it needs."""
    from harness.commands.catalogue import list_checks

    list_checks(scenario, as_json=json_)


@app.command()
def explain(
    check: Annotated[str, typer.Argument(help="Id of a check, for example isolation/read_foreign_object")],
) -> None:
    """Explain one check: what it does, what it needs, what proves it."""
    from harness.commands.catalogue import explain as command

    command(check)


@app.command()
def inspect(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle")],
    key: Annotated[Path | None, typer.Option(help="Public key (PEM) that you trust")] = None,
) -> None:
    """Verify a bundle: its files, its signature, and its verdict, computed again."""
    from harness.commands.evidence import inspect as command

    raise typer.Exit(command(bundle, key))


@app.command()
def approve(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle")],
    role: Annotated[str, typer.Option(help="tech-lead, devops-sre, qa-security or product")],
    key: Annotated[Path, typer.Option(help="Ed25519 private key (PEM) of whoever approves")],
    reason: Annotated[str, typer.Option(help="Needed for anything but a GO")] = "",
) -> None:
    """Add a signed approval to a bundle; an approval of a NO-GO or HOLD needs a written reason."""
    from harness.commands.evidence import approve as command

    raise typer.Exit(command(bundle, role, key, reason))


@app.command()
def env(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle")],
    url: Annotated[str | None, typer.Option(help="Another target than that of the bundle")] = None,
) -> None:
    """Print shell exports with fresh credentials of the bundle's users; the one command that prints them."""
    from harness.commands.evidence import environment

    raise typer.Exit(asyncio.run(environment(bundle, url)))


@app.command()
def history(
    word: Annotated[str, typer.Argument(help="Only runs whose scenario or target has this in it")] = "",
    *,
    json_: Annotated[bool, typer.Option("--json", help="As JSON")] = False,
) -> None:
    """List past runs, each with what was new and what was fixed since the run before."""
    from harness.commands.past import show_history

    raise typer.Exit(show_history(word, as_json=json_))


@app.command()
def replay(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle")],
    finding: Annotated[str, typer.Argument(help="Id of a finding, for example ISO-a91f02")],
    url: Annotated[str | None, typer.Option(help="Another target than that of the bundle")] = None,
) -> None:
    """Run the check behind a finding again, with fresh users and objects."""
    from harness.commands.evidence import replay as command

    raise typer.Exit(interruptible(command(bundle, finding, url)))


@app.command()
def sweep(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle or of a crashed run")],
    url: Annotated[str | None, typer.Option(help="Another target than that of the bundle")] = None,
    scenario: ScenarioFile = None,
    user: Users = None,
) -> None:
    """Delete what a crashed run left behind, by its journal."""
    from harness.commands.evidence import sweep as command

    raise typer.Exit(asyncio.run(command(bundle, url, scenario, tuple(user or ()))))


@app.command()
def calibrate(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A flaw of each weakness, against the checks that catch it; named ones: all")
    ] = False,
    flaws_from: Annotated[Path | None, typer.Option(help="A folder of flaw files from outside")] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="Write the result to this file")] = None,
    scenario: Annotated[
        list[Path] | None,
        typer.Option("--scenario", "-s", help="Scenarios with a service; all of scenarios/ by default"),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Flaw, hollow target, or `sound`")] = None,
    soak: Annotated[int, typer.Option(help="Run the sound services this many times instead")] = 0,
    jobs: Annotated[int, typer.Option(help="Services that run side by side, more while the processors are idle")] = 3,
) -> None:
    """Prove that every check can fail: sound services, seeded flaws, hollow targets."""
    from harness.commands.calibration import CalibrateRequest
    from harness.commands.calibration import calibrate as command

    request = CalibrateRequest(
        quick=quick,
        flaws_from=flaws_from,
        json=json_,
        scenarios=tuple(scenario or ()),
        only=tuple(only or ()),
        soak=soak,
        jobs=jobs,
    )
    raise typer.Exit(interruptible(command(request)))


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from harness.commands.catalogue import print_schema

    print_schema()


def main() -> None:
    """Run the command line: an error of the user is one clear text and its exit code, never a traceback."""
    try:
        sys.exit(app(standalone_mode=False))
    except typer.Abort:
        sys.exit(INTERRUPTED)
    except HarnessError as error:
        kind = "configuration error" if isinstance(error, ConfigurationError) else "stopped"
        typer.echo(f"harness: {kind}: {error}", err=True)
        sys.exit(error.exit_code)
    except USAGE_ERROR as error:
        error.show()  # type: ignore[attr-defined]  # every ClickException can
        sys.exit(ConfigurationError.exit_code)
    except BrokenPipeError:
        sys.exit(INTERNAL)
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        typer.echo(
            f"harness: cannot use{place} ({error.strerror or error}); check that it exists and its rights", err=True
        )
        sys.exit(ConfigurationError.exit_code)
    except Exception:  # noqa: BLE001 -- Python's own code for this is 1, which would say NO-GO
        traceback.print_exc()
        typer.echo("harness: this is a bug of the harness, not of the target; please report it", err=True)
        sys.exit(INTERNAL)
