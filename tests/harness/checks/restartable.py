"""A service of notes in a folder that is started anew when it ends: `python -m ... MODE FOLDER --endpoints FILE`.

sound: what is on its way is finished. forgetful: a note is stored a while after it was acknowledged. abrupt: what is on
its way is dropped. twice: while ending, notes are stored and refused. stuck: it does not end. gone: it does not return.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ending = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    mode: str
    folder: Path

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
        """Keep quiet."""

    def say(self, status: int, body: object) -> None:
        """Send an answer."""
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def own(self) -> Path:
        """Return the folder of whoever asks."""
        own = self.folder / hashlib.sha256((self.headers["Authorization"] or "").encode()).hexdigest()
        own.mkdir(exist_ok=True)
        return own

    def do_GET(self) -> None:
        """Answer the list of notes, or one."""
        if "Bearer e" not in (self.headers["Authorization"] or ""):
            self.say(401, {})
            return
        notes = {path.name: path.read_text() for path in self.own().iterdir()}
        name = self.path.rpartition("/")[2]
        if name == "notes":
            self.say(200, {"notes": [{"id": key, "text": text} for key, text in notes.items()]})
        else:
            self.say(200 if name in notes else 404, {"id": name, "text": notes.get(name)})

    def do_POST(self) -> None:
        """Make a note."""
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        path = self.own() / os.urandom(8).hex()
        if self.mode == "forgetful":
            threading.Thread(target=self.later, args=(path, text), daemon=True).start()
        else:
            path.write_text(text)
        refused = self.mode == "twice" and ending.is_set()
        self.say(503 if refused else 201, {} if refused else {"id": path.name})

    @staticmethod
    def later(path: Path, text: str) -> None:
        """Store a note when nobody waits for it any more."""
        time.sleep(1.0)
        path.write_text(text)


def serve(listener: socket.socket, mode: str) -> None:
    """Serve until a SIGTERM comes."""
    server = ThreadingHTTPServer(("", 0), Handler, bind_and_activate=False)
    server.daemon_threads = False
    server.socket = listener

    def end(*_: object) -> None:
        ending.set()
        if mode == "abrupt":
            os._exit(0)
        if mode != "stuck":
            threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    server.serve_forever(0.05)
    server.server_close()
    os._exit(0)


def main(mode: str, folder: str, _: str, endpoints: str) -> None:
    """Start one child after another."""
    Handler.mode, Handler.folder = mode, Path(folder)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    children: list[int] = []

    def end(*_: Any) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if child == 0:
            serve(listener, mode)
        children[:] = [child]
        Path(endpoints).write_text(json.dumps({"serving": child}))
        sys.stdout.write(f"READY http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        children.clear()
        if mode == "gone":
            listener.close()
            time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
