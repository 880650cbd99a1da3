"""`python -m harness.hollow NAME --openapi FILE`: serves a hollow target, and prints `READY <url>`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness import hollow
from harness.errors import ConfigurationError
from harness.hollow._http import listening
from harness.hollow._world import World
from harness.openapi import parse_document
from harness.scenario import load_scenario, parse_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.hollow._http import Answer, Asked


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m harness.hollow", description="Serve a target that nothing may pass on."
    )
    made.add_argument("name", choices=hollow.names(), help="which hollow target")
    made.add_argument("--openapi", type=Path, required=True, metavar="FILE", help="document of the service to imitate")
    made.add_argument("--scenario", type=Path, metavar="FILE", help="its scenario: where identifiers and lists are")
    made.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (0)")
    made.add_argument("--bare", action="store_true", help="be hollow in readiness, version, document and sign-up too")
    return made


def answers(name: str, world: World, *, bare: bool) -> Callable[[Asked], Answer]:
    """Return how a hollow target answers: soundly where a run begins, unless it is bare."""
    inner = hollow.load(name)

    def answer(asked: Asked) -> Answer:
        sound = None if bare else world.introduction(asked)
        return sound if sound is not None else inner(asked, world)

    return answer


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    text = options.scenario.read_text(encoding="utf-8") if options.scenario else 'name = "unknown"\n'
    scenario = load_scenario(options.scenario)[0] if options.scenario else parse_scenario(text, where="(no scenario)")
    document = parse_document(options.openapi.read_text(encoding="utf-8"), where=str(options.openapi), prefix="")
    world = World(scenario=scenario, document=document)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with listening(answers(options.name, world, bare=options.bare), port=options.port) as port:
        sys.stdout.write(f"READY http://127.0.0.1:{port}\n")
        sys.stdout.flush()
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; a mistake is one sentence and 4."""
    try:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(serve(parser().parse_args(arguments)))
    except (ConfigurationError, OSError) as error:
        sys.stderr.write(f"harness.hollow: {error}\n")
        return ConfigurationError.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
