"""`harness inspect`, `env`, `replay` and `sweep`: what a bundle is good for afterwards."""

from __future__ import annotations

from pathlib import Path


def inspect(bundle: Path, key: Path | None) -> int:
    raise SystemExit(f"{bundle} {key}")


async def environment(bundle: Path) -> int:
    raise SystemExit(str(bundle))


async def replay(bundle: Path, finding: str, url: str | None) -> int:
    raise SystemExit(f"{bundle} {finding} {url}")


async def sweep(bundle: Path, url: str | None, scenario: Path | None, users: tuple[str, ...]) -> int:
    raise SystemExit(f"{bundle} {url} {scenario} {users}")
