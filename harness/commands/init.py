"""`harness init`: a commented scenario from a URL, for a person to correct."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from harness.commands.infer import infer_scenario
from harness.errors import ConfigurationError
from harness.gates.facts import plural


def init(url: str, output: Path | None, document: str | None, *, tries: bool = True) -> int:
    """Write the inferred scenario, never over an existing file; with `tries`, a user who signs up has tried it."""
    if output is not None and output.exists():
        message = f"{output}: exists already; choose another name, or remove it first"
        raise ConfigurationError(message)
    found = asyncio.run(infer_scenario(url, Path.cwd(), document=document, tries=tries))
    if output is None:
        typer.echo(found.text)
    else:
        output.write_text(found.text, encoding="utf-8")
        understood = f"{found.understood} of {found.operations} operations understood"
        typer.echo(f"wrote {output}: {plural(len(found.scenario.resource), 'resource')}, {understood}")
    for operation, why in found.unclear.items():
        typer.echo(f"  not understood  {operation}: {why}", err=True)
    return 0
