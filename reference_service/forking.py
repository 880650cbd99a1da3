"""Serves many variants of the service, each a fork with a copy of the database and keys of its own in the store.

One that has to tell what it depends on gets servers of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING

from reference_service import provision, seeding, serving
from reference_service.assembly import assemble, reveal, routes
from reference_service.copies import copied
from reference_service.errors import SettingsError
from reference_service.forks import fork_for_each
from reference_service.supervising import Supervisor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from reference_service.forks import Order
    from reference_service.seeding import Flaw
    from reference_service.settings import Settings


def serve(settings: Settings, kind: str, *, supervised: bool) -> None:
    """Start the servers once and fork a service for every connection, until a signal comes.

    `supervised` lets another process take the place of one that ends, where a service has servers of its own.
    """
    if settings.database_url is not None or settings.redis_url is not None:
        raise SettingsError("--forks: expected servers of our own; leave DATABASE_URL and REDIS_URL unset")
    with contextlib.ExitStack() as stack:
        base = serving.complete(settings, kind, stack, []).settings

        def serve_one(order: Order) -> None:
            flaws = seeding.choose(order.flaws, order.flaws_from, base)
            with contextlib.ExitStack() as own:
                if order.endpoints is not None:  # its servers may be stopped, so nobody else may depend on them
                    completed = serving.complete(settings, kind, own, flaws)
                else:
                    completed = serving.Completed(settings=_own_settings(base, order, flaws, own))
                where = serving.Launch(
                    host="127.0.0.1",
                    port=0,
                    flaws=flaws,
                    settings=completed,
                    endpoints_file=order.endpoints,
                    routes=made,
                )
                if supervised and order.endpoints is not None:
                    Supervisor(where).run()
                else:
                    serving.run(where)

        made = _warmed_up(base)
        fork_for_each(serve_one)


def _warmed_up(settings: Settings) -> FastAPI:
    """Assemble a service that nobody will ask, and return its routes: what that makes, every fork then has already."""
    made = routes(settings)
    made.openapi()
    config = serving.configured(assemble(settings, made=made))
    config.load()
    config.get_loop_factory()
    gc.collect()
    gc.freeze()  # else the first collection in each fork copies every page
    return made


def _own_settings(base: Settings, order: Order, flaws: Sequence[Flaw], stack: contextlib.ExitStack) -> Settings:
    """Have a database of its own, and say where it is and how the keys in the store begin, which others use as well."""
    free, bodies = order.folder / "free", order.folder / str(order.number)
    for folder in (free, bodies):
        folder.mkdir(exist_ok=True)
    statements = [flaw.ddl for flaw in flaws if flaw.ddl]
    url = stack.enter_context(copied(reveal(base.database_url), order.number, free, statements))
    ready = asyncio.run(provision.provision(url, None, statements))
    keys = f"{base.redis_prefix}-{order.number}"
    return base.with_values(
        database_url=url, redis_prefix=keys, app_database_url=ready.app_url, storage_url=str(bodies)
    )
