"""Starts the service: `python -m reference_service`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from reference_service import seeding
from reference_service.errors import SettingsError
from reference_service.settings import from_environment, help_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.settings import Settings

USAGE_ERROR = 4


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m reference_service",
        description="Start the Knowledge API. Prints one line, READY <url>, when it answers; logs to standard error.",
        epilog=help_text(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    made.add_argument("--port", type=int, default=8000, help="port to listen on; 0 takes a free one (8000)")
    made.add_argument("--flaws", default="", metavar="NAME,NAME", help="seeded flaws to switch on")
    made.add_argument("--flaws-from", type=Path, metavar="DIR", help="folder with further flaws, one file each")
    made.add_argument("--list-flaws", action="store_true", help="list the flaws and end")
    made.add_argument("--json", action="store_true", help="with --list-flaws: as a JSON array")
    made.add_argument("--stack", choices=("embedded", "containers"), default="embedded", help="where servers come from")
    made.add_argument("--secret-file", metavar="FILE", help="file of the HS256 secret; made when it is missing")
    made.add_argument(
        "--endpoints-file", type=Path, metavar="FILE", help="write all addresses there (mode 0600), for grey-box checks"
    )
    made.add_argument("--forks", action="store_true", help="print FORKS <socket>; fork a service per connection")
    made.add_argument("--supervised", action="store_true", help="when what serves is ended (SIGTERM), start it anew")
    made.add_argument("--print-openapi", action="store_true", help="print the OpenAPI document and end")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0, or 4 for a mistake in settings or arguments."""
    options = parser().parse_args(arguments)
    try:
        if options.list_flaws:
            list_flaws(options.flaws_from, as_json=options.json)
            return 0
        if options.print_openapi:
            print_openapi()
            return 0
        environ = dict(os.environ)
        if options.secret_file:
            environ["KNOWLEDGE_JWT_SECRET_FILE"] = options.secret_file
        return serve(options, from_environment(environ))
    except SettingsError as error:
        sys.stderr.write("".join(f"error: {line}\n" for line in str(error).splitlines()))
        return USAGE_ERROR


def list_flaws(outside: Path | None, *, as_json: bool) -> None:
    """Print every flaw without loading any."""
    rows = [seeding.describe(name, path) for name, path in sorted(seeding.find(outside).items())]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return
    for row in rows:
        sys.stdout.write(f"{row['name']:32} {row['mode']:5} {row['weakness']:28} {row['title']}\n")


def print_openapi() -> None:
    """Print the document of the service, which needs no servers."""
    from reference_service.document import document  # noqa: PLC0415 - imports the whole service

    sys.stdout.write(json.dumps(document(), indent=1) + "\n")


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Choose the flaws, start the servers, and serve until a signal comes."""
    if options.forks:
        from reference_service import forking  # noqa: PLC0415 - imports the whole service

        forking.serve(settings, options.stack, supervised=options.supervised)
        return 0
    names = [name.strip() for name in options.flaws.split(",") if name.strip()]
    flaws = seeding.choose(names, options.flaws_from, settings)
    from reference_service import serving  # noqa: PLC0415 - after what can be refused cheaply

    with ExitStack() as stack:
        launch = serving.Launch(
            host=options.host,
            port=options.port,
            flaws=flaws,
            settings=serving.complete(settings, options.stack, stack, flaws),
            endpoints_file=options.endpoints_file,
        )
        if options.supervised:
            from reference_service.supervising import Supervisor  # noqa: PLC0415 - as above

            Supervisor(launch).run()
        else:
            serving.run(launch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
