"""Keeps a service running: what serves is a child, and when it has ended in good order another one takes its place.

The servers and the listening socket belong to the parent, so that what is stored, and connections that nobody has
accepted yet, outlive a restart.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from reference_service import serving
from reference_service.errors import SettingsError
from reference_service.stack.guard import die_by_signal

if TYPE_CHECKING:
    from reference_service.serving import Launch


class Supervisor:
    """Starts one child after another until a signal comes, which it passes on."""

    def __init__(self, launch: Launch) -> None:
        self.launch = replace(launch, listener=serving.listen(launch.host, launch.port))
        self.child = 0
        self.ending = threading.Event()

    def run(self) -> None:
        """Keep a child running; raise SettingsError when one ends by itself with an error."""
        signal.signal(signal.SIGTERM, self.end)
        signal.signal(signal.SIGINT, self.end)
        while not self.ending.is_set():
            parent = os.getpid()
            self.child = os.fork()
            if self.child == 0:
                serve(self.launch, parent)
            if self.ending.is_set():  # the signal came before the child was known
                os.kill(self.child, signal.SIGTERM)
            _, status = os.waitpid(self.child, 0)
            self.child = 0
            if os.waitstatus_to_exitcode(status) != 0 and not self.ending.is_set():
                raise SettingsError("the service has ended with an error; the log says why")

    def end(self, number: int, _frame: object) -> None:
        """Let the child end; what comes from a terminal it gets by itself."""
        self.ending.set()
        if self.child and number == signal.SIGTERM:
            os.kill(self.child, signal.SIGTERM)


def serve(launch: Launch, parent: int) -> NoReturn:
    """Be the child; whatever happens, never return to the parent's work."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if sys.platform == "linux":
            die_by_signal(parent)
        serving.run(launch)
        status = 0
    except SettingsError as error:
        sys.stderr.write(f"error: {error}\n")
    finally:
        os._exit(status)
