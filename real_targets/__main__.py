"""Install, serve and verify real targets: `python -m real_targets verify [NAME ...]`, `... serve NAME`."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, cast

from real_targets.target import LEAK, Running, Target
from real_targets.verifying import infer, verified
from reference_service.stack.process import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
NO_GO = 1
PARENT_SECONDS = 1.0
PLACE = HERE.parent / ".cache" / "real"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands; `verify` returns 0 when every verdict is what it must be."""
    parser = argparse.ArgumentParser(prog="python -m real_targets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    both = commands.add_parser("verify", help="install, start and verify targets, all by default")
    both.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    one = commands.add_parser("serve", help="serve one target, print READY <url>")
    one.add_argument("name", choices=NAMES)
    one.add_argument("--flaws", choices=["", LEAK], default="", help="let every user read what others own")
    options = parser.parse_args(argv)
    if options.command == "serve":
        return serve(options.name, leak=options.flaws == LEAK)
    results = [verify(name) for name in options.names or NAMES]
    return 0 if all(results) else 1


def verify(name: str) -> bool:
    """Verify as a newcomer would, then as we would, then with a leak; return whether each came out as it must."""
    folder, scenario = installed(name), str(HERE / f"{name}.toml")
    with target(name).serve(folder, free_port(), leak=False) as running:
        users = [part for user in _kept(running, folder) for part in ("--user", f"{user}=file:{folder / user}")]
        inferred = str(infer(running.url, running.document, folder))
        verified(f"{name}, inferred", folder / "artifacts", running.url, "--scenario", inferred, *users)
    plain = verified(f"{name}, described", folder / "artifacts", "--serve", "--scenario", scenario)
    leaky = verified(f"{name}, leaking", folder / "artifacts", "--serve", "--scenario", scenario, "--flaws", LEAK)
    return plain.sound(target(name).KNOWN) and leaky.exit_code == NO_GO and leaky.isolation == "failed"


def serve(name: str, *, leak: bool) -> int:
    """Serve one target until a signal comes or its parent is gone; two users' credentials are in `alice` and `bob`."""
    folder, ended, parent = installed(name), threading.Event(), os.getppid()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(target(name).serve(folder, free_port(), leak=leak))
        _kept(running, folder)
        sys.stdout.write(f"READY {running.url}\n")
        sys.stdout.flush()
        while not ended.wait(PARENT_SECONDS) and os.getppid() == parent:
            pass
    return 0


def _kept(running: Running, folder: Path) -> tuple[str, ...]:
    """Keep what each user carries in a file that only we can read, and return the names of the users."""
    for user, credential in running.credentials.items():
        (folder / user).touch(mode=0o600)
        (folder / user).write_text(credential, encoding="utf-8")
    return tuple(running.credentials)


def target(name: str) -> Target:
    """Return the module of a target."""
    return cast("Target", importlib.import_module(f"real_targets.{name}"))


def installed(name: str) -> Path:
    """Return the folder of a target; installed once for each version of what this package says of it."""
    folder = PLACE / name
    mark, stamp = folder / "installed", hashlib.sha256(target(name).PINS.encode()).hexdigest()
    if not mark.is_file() or mark.read_text("utf-8") != stamp:
        sys.stderr.write(f"installing {name} into {folder} (once; needs the network)\n")
        folder.mkdir(parents=True, exist_ok=True)
        target(name).install(folder)
        mark.write_text(stamp, encoding="utf-8")
    return folder


if __name__ == "__main__":
    sys.exit(main())
