"""The command line of a target: list its flaws, or serve it with some of them on and say READY."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn

import uvicorn

from reference_service.forks import fork_for_each
from tests.targets.common.flaws import Flaw, FlawError, P, load_flaws, switch_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import ASGIApp

    from reference_service.forks import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetService(Generic[P]):
    """A service that can be started: its sound parts, and how to build an application from parts and environment."""

    name: str
    flaws: Path
    benign: Path
    parts: P
    build: Callable[[P, Mapping[str, str]], ASGIApp]


def main(service: TargetService[Any], argv: Sequence[str] | None = None) -> int:
    """Run the command line of the service and return the exit code; a user's mistake exits 2 with one line."""
    parser = _parser(service.name)
    options = parser.parse_args(argv)
    try:
        flaws = load_flaws([service.flaws, service.benign, *options.flaws_from])
        if options.list_flaws:
            _print_list(flaws, as_json=options.json)
            return 0
        if options.forks:
            _fork(service, flaws)
        application = _flawed(service, [name for name in options.flaws.split(",") if name], flaws)
    except (FlawError, ValueError) as error:
        parser.error(str(error))
    serve(application, options.host, options.port)
    return 0


def _fork(service: TargetService[Any], known: Mapping[str, Flaw[Any]]) -> NoReturn:
    """Serve every connection with the flaws that it asks for."""

    def serve_one(order: Order) -> None:
        flaws = known if order.flaws_from is None else load_flaws([service.flaws, order.flaws_from])
        serve(_flawed(service, order.flaws, flaws), "127.0.0.1", 0)

    fork_for_each(serve_one)


def _flawed(service: TargetService[Any], names: Sequence[str], flaws: Mapping[str, Flaw[Any]]) -> ASGIApp:
    _refuse_in_production(names)
    if names:
        sys.stderr.write(f"warning: {service.name} runs with seeded flaws: {', '.join(names)}\n")
    return service.build(switch_on(service.parts, names, flaws), os.environ)


def serve(application: ASGIApp, host: str, port: int) -> None:
    """Serve until a signal comes; `READY <url>` goes to standard output as soon as requests are answered."""
    with socket.create_server((host, port)) as listener:
        url = f"http://{host}:{listener.getsockname()[1]}"
        _Announcing(configuration(application), url).run(sockets=[listener])


def configuration(application: ASGIApp) -> uvicorn.Config:
    """Return the server settings that both targets use: no banner, no access log."""
    return uvicorn.Config(
        application,
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"READY {self._url}\n")
        sys.stdout.flush()


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m tests.targets.{name}", description=f"Serve the {name} target.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--flaws", default="", help="names of flaws to switch on, separated by commas")
    parser.add_argument("--flaws-from", type=Path, action="append", default=[], help="another folder of flaws")
    parser.add_argument("--forks", action="store_true", help="print FORKS <socket>; fork a service per connection")
    parser.add_argument("--list-flaws", action="store_true", help="list the flaws and exit")
    parser.add_argument("--json", action="store_true", help="list them as JSON")
    return parser


def _print_list(flaws: Mapping[str, Flaw[Any]], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([flaw.as_json() for flaw in flaws.values()], indent=2) + "\n")
        return
    for flaw in flaws.values():
        about = flaw.description
        sys.stdout.write(f"{about.name:32} {about.weakness:30} {about.mode:5} {about.title}\n")


def _refuse_in_production(names: Sequence[str]) -> None:
    if names and os.environ.get("ENVIRONMENT") == "production":
        raise FlawError("seeded flaws are refused when ENVIRONMENT is production: unset one of them")
