"""Becomes a server that dies with its parent: gives up privileges, arranges the death, executes the program.

Run as a script, `python -IS guard.py PARENT UID GID MODE PROGRAM ARGUMENT...`: the kernel forgets the parent-death
signal when credentials change, and code between fork and exec is unsafe in a process with threads. UID and GID are `-`
where nothing is to be given up. The program replaces this process, so the parent knows its process id.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_SECONDS = 0.2
GRACE_SECONDS = 3.0


def drop_privileges(uid: str, gid: str) -> None:
    """Become the given account for good, supplementary groups included."""
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))


def die_by_signal(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends (Linux)."""
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0 or os.getppid() != parent:
        sys.exit("the parent is gone already")


def die_by_watchdog(parent: int) -> None:
    """Leave behind a process that kills this one when the parent has ended (elsewhere)."""
    server = os.getpid()
    middle = os.fork()
    if middle != 0:
        os.waitpid(middle, 0)
        return
    if os.fork() != 0:
        os._exit(0)
    os.setsid()
    while alive(parent) and alive(server):
        time.sleep(POLL_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        # First so that PostgreSQL can free its shared memory, of which macOS has 32 pieces only.
        os.kill(server, signal.SIGQUIT)
        os.kill(server, signal.SIGCONT)
        deadline = time.monotonic() + GRACE_SECONDS
        while alive(server) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        os.kill(server, signal.SIGKILL)
    os._exit(0)


def alive(pid: int) -> bool:
    """Whether a process has this id, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(parent: str, uid: str, gid: str, mode: str, *command: str) -> None:
    """Give up privileges, arrange the death, become the program."""
    drop_privileges(uid, gid)
    arrange = die_by_signal if mode == "signal" else die_by_watchdog
    arrange(int(parent))
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
