"""The folder of one running stack: locked while its process lives, swept away by the next one otherwise."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "reference-service-stack-run-"


@contextlib.contextmanager
def stack_folder(within: Path | None = None) -> Iterator[Path]:
    """A new folder that others can enter but not list; stale ones beside it are removed meanwhile."""
    parent = within or Path(tempfile.gettempdir())
    with ExitStack() as held:
        folder = _new_folder(parent, held)
        Thread(target=sweep, args=(parent,), name="stack-sweeper", daemon=True).start()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _new_folder(parent: Path, held: ExitStack) -> Path:
    """Make and lock a folder; the sweeper of another stack may take it before it is locked, then there is another."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with contextlib.suppress(FileNotFoundError):
            held.enter_context(_locked(folder, fcntl.LOCK_EX))
            folder.chmod(0o711)
            return folder


def sweep(parent: Path) -> None:
    """Remove the folders of stacks of ours whose process has died: those that nobody holds locked."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.geteuid() and not folder.is_symlink():
                with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold the lock of a folder; the system releases it when the process ends, however that happens."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
