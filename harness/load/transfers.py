"""Requests under way: libcurl's multi interface, driven by the gevent hub that Locust runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pycurl
from gevent import get_hub  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable

_READ, _WRITE = 1, 2  # masks of an event loop of gevent
_EVENTS = {pycurl.POLL_IN: _READ, pycurl.POLL_OUT: _WRITE, pycurl.POLL_INOUT: _READ | _WRITE}
_ACTIONS = {
    _READ: pycurl.CSELECT_IN,
    _WRITE: pycurl.CSELECT_OUT,
    _READ | _WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}


class Transfers:
    """Runs any number of easy handles at once over kept-alive connections; nothing in here blocks.

    `finished` is called from the hub with each handle that is done and its curl code, 0 for a whole answer.
    """

    def __init__(self, connections: int, finished: Callable[[pycurl.Curl, int], None]) -> None:
        self._finished = finished
        self._loop = get_hub().loop
        self._watchers: dict[int, Any] = {}
        self._timer: Any = None
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._expect)
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)

    def start(self, handle: pycurl.Curl) -> None:
        """Send the request of this handle now."""
        self._multi.add_handle(handle)
        self._act(pycurl.SOCKET_TIMEOUT, 0)

    def _act(self, descriptor: int, action: int) -> None:
        self._multi.socket_action(descriptor, action)
        while True:
            queued, whole, failed = self._multi.info_read()
            for handle in whole:
                self._multi.remove_handle(handle)
                self._finished(handle, 0)
            for handle, code, _ in failed:
                self._multi.remove_handle(handle)
                self._finished(handle, code)
            if not queued:
                return

    def _watch(self, what: int, descriptor: int, _multi: pycurl.CurlMulti, _data: object) -> None:
        if (old := self._watchers.pop(descriptor, None)) is not None:
            old.stop()
            old.close()
        if what in _EVENTS:
            watcher = self._watchers[descriptor] = self._loop.io(descriptor, _EVENTS[what])
            watcher.start(self._ready, descriptor, pass_events=True)

    def _ready(self, events: int, descriptor: int) -> None:
        self._act(descriptor, _ACTIONS.get(events, 0))

    def _expect(self, milliseconds: int) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer = None
        if milliseconds >= 0:
            self._timer = self._loop.timer(milliseconds / 1000)
            self._timer.start(self._act, pycurl.SOCKET_TIMEOUT, 0)
