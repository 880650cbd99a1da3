"""A target that wants to harm whoever asks it: the run ends in time, in its memory, with an outcome, on its host."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from harness import hollow
from harness.hollow._http import Answer, Asked, as_json, listening
from harness.hollow._world import World
from harness.openapi import parse_document
from harness.scenario import load_scenario
from tests.acceptance.running import REPOSITORY, bundle, readable
from tests.harness.calibrate.tiny import DOCUMENT
from tests.harness.openapi.documents import TEXT, document, operation, ref, thing, variables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

TINY = REPOSITORY / "tests" / "harness" / "calibrate" / "tiny.toml"
MEMORY = 500 << 20
SECONDS = 240  # when a hang is a hang, also on a busy machine
HOSTILE = [name for name in hollow.names() if name.startswith("hostile")]
USERS = ("--user", "alice=env:A", "--user", "bob=env:B")
CYCLE = thing("name", "inner", name=TEXT, inner=ref("Cycle"), others={"type": "array", "items": ref("Cycle")})
MEGABYTE = b" " * (1 << 20)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run left: its exit code, what it said, and the largest it was, in bytes."""

    code: int
    said: str
    largest: int


# A process inherits the largest size of the one that started it, and this one has served a hundred megabytes.
SMALL = """
import pathlib, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def verify(url: str, *arguments: str, folder: Path) -> Outcome:
    """Run `harness verify` as a process of its own, and measure it."""
    size = folder / "largest"
    command = (sys.executable, "-m", "harness", "verify", url, *arguments, *USERS, "--seed", "1")
    process = subprocess.Popen(
        [sys.executable, "-c", SMALL, str(size), *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "A": "token-of-alice", "B": "token-of-bob", "COLUMNS": "400"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    overdue = threading.Timer(SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    overdue.start()
    try:
        said, _ = process.communicate()
    finally:
        overdue.cancel()
    return Outcome(code=process.returncode, said=said, largest=int(size.read_text()) << 10)


@contextlib.contextmanager
def served(answer: Callable[[Asked], Answer]) -> Iterator[str]:
    """Serve answers from a thread of their own."""
    ready, found = threading.Event(), list[Any]()

    async def serve() -> None:
        stop = asyncio.Event()
        async with listening(answer) as port:
            found.extend((port, asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    port, loop, stop = found
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=20)


@contextlib.contextmanager
def counted(host: str, port: int) -> Iterator[list[int]]:
    """Listen where nobody must come, and keep a list of those who do."""
    came: list[int] = []
    with socket.create_server((host, port)) as listener:
        listener.settimeout(0.1)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listener.accept()
                    came.append(1)
                    connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield came
        finally:
            stop.set()
            thread.join(timeout=5)


def hostile(name: str, *, bare: bool) -> Callable[[Asked], Answer]:
    """Return the answers of a hostile target; unless it is bare, a run begins soundly and users are who they are."""
    scenario = load_scenario(TINY)[0]
    world = World(scenario=scenario, document=parse_document(json.dumps(DOCUMENT), where="tiny", prefix=""))
    inner, store = hollow.load(name), hollow.load("open")

    def answer(asked: Asked) -> Answer:
        if not bare and (sound := world.introduction(asked)) is not None:
            return sound
        if not bare and asked.path == "/notes":
            return store(asked, world) if "token-of" in asked.header("Authorization") else as_json({}, 401)
        return inner(asked, world)

    return answer


def with_document(text: Callable[[], Answer]) -> Callable[[Asked], Answer]:
    """Return the answers of a target that is nothing but a document."""

    def answer(asked: Asked) -> Answer:
        return text() if asked.path == "/openapi.json" else as_json({"items": []})

    return answer


@pytest.mark.parametrize("name", HOSTILE)
def test_a_target_that_is_hostile_from_the_start(name: str, tmp_path: Path) -> None:
    """Without a document that can be read the run holds, and its bundle can be read."""
    with served(hostile(name, bare=True)) as url, counted("127.0.0.2", int(url.rpartition(":")[2])) as came:
        ended = verify(url, folder=tmp_path)
    assert ended.code == 10, ended.said[-3000:]
    assert ended.largest < MEMORY
    assert came == []
    readable(tmp_path)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_target_that_is_hostile_where_it_hurts(name: str, tmp_path: Path) -> None:
    """Users are sound, and an object answers with the attack: no check of it passes."""
    arguments = ("--scenario", str(TINY), "--only", "isolation/read_foreign_object")
    with served(hostile(name, bare=False)) as url, counted("127.0.0.2", int(url.rpartition(":")[2])) as came:
        ended = verify(url, *arguments, folder=tmp_path)
    assert ended.code in {1, 10}, ended.said[-3000:]
    assert ended.largest < MEMORY
    assert came == []
    verdict = json.loads((bundle(tmp_path) / "verdict.json").read_text(encoding="utf-8"))
    outcomes = {each["id"]: each["outcome"] for each in verdict["checks"]}
    assert outcomes["isolation/read_foreign_object"] in {"inconclusive", "error"}


async def _endless_spaces() -> AsyncIterator[bytes]:
    """A document of a hundred megabytes, most of which says nothing."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    yield b'{"openapi": "3.1.0", "paths": {}'
    for _ in range(100):
        yield MEGABYTE
    yield b"}"


def test_a_document_of_a_hundred_megabytes(tmp_path: Path) -> None:
    """It is read to its bound, and what is wrong with it is said."""
    with served(with_document(lambda: Answer(stream=_endless_spaces()))) as url:
        ended = verify(url, "--document", "/openapi.json", folder=tmp_path)
    assert ended.code == 10, ended.said[-3000:]
    assert "is larger than" in ended.said
    assert ended.largest < MEMORY


def test_a_file_of_a_hundred_megabytes(tmp_path: Path) -> None:
    """A recording or document on disk is bounded too."""
    file = tmp_path / "large.har"
    file.write_bytes(b'{"log": {"entries": [' + b"{}," * (32 << 20) + b"{}]}}")
    ended = verify("http://127.0.0.1:9", "--from", str(file), folder=tmp_path)
    assert ended.code == 4, ended.said[-3000:]
    assert "expected at most" in ended.said
    assert ended.largest < MEMORY


def test_schemas_that_never_end(tmp_path: Path) -> None:
    """A thing that requires itself cannot be made: it is said of which operation, and nothing hangs on it."""
    item = {"parameters": variables("cycle_id"), "get": operation(ref("Cycle")), "put": operation(body=ref("Cycle"))}
    paths = {"/cycles": {"get": operation(ref("Cycle")), "post": operation(ref("Cycle"), body=ref("Cycle"))}}
    loop = {"allOf": [ref("Loop")], "anyOf": [ref("Other")]}
    schemas = {"Cycle": CYCLE, "Loop": loop, "Other": {"oneOf": [ref("Loop"), ref("Other")]}}
    paths["/loops"] = {"post": operation(ref("Other"), body=ref("Loop"))}
    whole = document({**paths, "/cycles/{cycle_id}": item}, schemas=schemas)
    with served(with_document(lambda: as_json(whole))) as url:
        ended = verify(url, "--allow", "fuzz", folder=tmp_path)
    assert ended.code in {5, 10}, ended.said[-3000:]
    assert ended.largest < MEMORY
