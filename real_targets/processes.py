"""A server as a child of this process: it dies with it, however that ends."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from reference_service.stack.account import Account
from reference_service.stack.process import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

READY_SECONDS = 180.0
STOP_SECONDS = 10.0
ANSWER_SECONDS = 60.0


@contextlib.contextmanager
def server(command: Sequence[str], folder: Path, ready: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a server in `folder`, with its log there, from the moment that `ready` answers.

    Raises RuntimeError with the end of the log when it does not come up.
    """
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - the command is one of this package
            guarded(command, Account()), cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not answers(ready):
                if child.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "log").read_text("utf-8", "replace")[-2000:])
                time.sleep(0.2)
            yield
        finally:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def answers(url: str) -> bool:
    """Whether a URL of this machine answers with a success."""
    try:
        with urllib.request.urlopen(url, timeout=2.0):  # noqa: S310 - an address on loopback
            return True
    except OSError:
        return False


def call(method: str, url: str, body: Any = None, *, token: str = "") -> Any:
    """Send JSON to a server of this machine and return the JSON it answers; raises RuntimeError for a refusal."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers)  # noqa: S310 - as above
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - as above
            content = answer.read()
    except urllib.error.HTTPError as refusal:
        raise RuntimeError(f"{method} {url} answered {refusal.code}: {refusal.read()[:300]!r}") from refusal
    return json.loads(content) if content else None


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a program to its end; raises CalledProcessError when it fails."""
    subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}, check=True)  # noqa: S603 - as above
