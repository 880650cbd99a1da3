"""A folder in which things that take long to make are kept between runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reference_service.stack.account import Account

NAME = "reference-service-stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Finished things by key. Safe under concurrent makers: each builds apart, the first to finish wins."""

    folder: Path

    def entry(self, key: str, build: Callable[[Path], None]) -> Path:
        """The folder kept under a key; made by `build`, in an empty folder, if it is not there yet."""
        kept = self.folder / key.strip(os.sep).replace(os.sep, "_")
        if not kept.is_dir():
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self.folder))
            try:
                build(draft)
                draft.rename(kept)
            except OSError:
                if not kept.is_dir():  # else another process was first
                    raise
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        return kept


def open_cache(account: Account, otherwise: Path) -> Cache:
    """The cache of this user where the account can read it: below the home folder, or the temporary one.

    `otherwise` serves where neither can be had, for this time only.
    """
    for folder in _candidates():
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            if _ours(folder) and os.access(folder, os.W_OK) and account.can_enter(folder):
                return Cache(folder=folder)
    return Cache(folder=otherwise)


def _candidates() -> Iterator[Path]:
    if caches := os.environ.get("XDG_CACHE_HOME"):
        yield Path(caches, NAME)
    elif home := os.environ.get("HOME"):
        yield Path(home, "Library/Caches" if sys.platform == "darwin" else ".cache", NAME)
    yield Path(tempfile.gettempdir(), f"{NAME}-cache-{os.geteuid()}")


def _ours(folder: Path) -> bool:
    """Whether nobody else can have put anything there: the temporary folder is everybody's, and the name is known."""
    found = folder.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
