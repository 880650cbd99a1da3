"""The account that the servers run as: our own, or an unprivileged one where we are root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from reference_service.stack.servers import StackUnavailable

UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who runs the servers. Without ids: whoever we are."""

    uid: int | None = None
    gid: int | None = None

    def give(self, folder: Path) -> None:
        """Make the account the owner of a folder that we created, and of all that is in it."""
        if self.uid is None or self.gid is None:
            return
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent, name), self.uid, self.gid, follow_symlinks=False)
        os.chown(folder, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account surely reaches a folder; for a foreign account only permissions for everybody count."""
        if self.uid is None:
            return os.access(folder, os.X_OK)
        return all(at.stat().st_mode & stat.S_IXOTH for at in (folder, *folder.parents))

    def can_read(self, file: Path) -> bool:
        """Whether the account surely reads (and, if it is a program, runs) a file."""
        if self.uid is None:
            return os.access(file, os.R_OK)
        mode = file.stat().st_mode
        runs = bool(mode & stat.S_IXOTH) or not mode & stat.S_IXUSR
        return bool(mode & stat.S_IROTH) and runs and self.can_enter(file.parent)


def choose_account() -> Account:
    """Our own account; as root, which PostgreSQL refuses, the one that owns nothing.

    Raises:
        StackUnavailable: if we are root and there is no such account (none is created).

    """
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise StackUnavailable(
            f"PostgreSQL does not run as root, and this machine has no account '{UNPRIVILEGED}' to run it as. "
            "Start as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)
