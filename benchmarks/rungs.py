"""The reference service with four more routes, each of which does one thing more: `python -m benchmarks.rungs FILE`."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request

from reference_service import serving
from reference_service.seeding import Flaw
from reference_service.settings import from_environment

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

PREFIX = "/rung/"


def add_rungs(parts: Parts) -> None:
    """Put the routes beside the service, before everything that it does to a request of its own."""
    extra = rungs(parts)

    def beside(service: ASGIApp) -> ASGIApp:
        async def choose(scope: Scope, receive: Receive, send: Send) -> None:
            mine = scope["type"] == "http" and scope["path"].startswith(PREFIX)
            await (extra if mine else service)(scope, receive, send)

        return choose

    parts.perimeter = (beside,)


def rungs(parts: Parts) -> FastAPI:
    """Return the routes, made of the real parts of the service."""
    app = FastAPI(openapi_url=None)

    @app.get(f"{PREFIX}bare")
    async def bare() -> dict[str, int]:
        return {"files": 0}

    @app.get(f"{PREFIX}token")
    async def token(request: Request) -> dict[str, int]:
        await parts.authenticator.authenticate(request, "rung")
        return {"files": 0}

    @app.get(f"{PREFIX}limiter")
    async def limiter(request: Request) -> dict[str, int]:
        principal = await parts.authenticator.authenticate(request, "rung")
        await parts.quota.charge(request, principal, "rung")
        return {"files": 0}

    @app.get(f"{PREFIX}transaction")
    async def transaction(request: Request) -> dict[str, int]:
        principal = await parts.authenticator.authenticate(request, "rung")
        await parts.quota.charge(request, principal, "rung")
        async with parts.database.transaction(principal.user_id) as connection:
            return {"files": await parts.files.count(connection)}

    return app


def main(endpoints_file: Path) -> None:
    """Serve until a signal comes, as `python -m reference_service` does."""
    beside = Flaw(name="rungs", weakness="", mode="http", title="No flaw: more routes", apply=add_rungs, ddl=None)
    with ExitStack() as stack:
        completed = serving.complete(from_environment(os.environ), "embedded", stack, ())
        launch = serving.Launch(
            host="127.0.0.1", port=0, flaws=[beside], settings=completed, endpoints_file=endpoints_file
        )
        serving.run(launch)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
