"""The migrations as SQL: Alembic writes the script, which the provisioning runs as the owner of the schema."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from pathlib import Path

from reference_service.provision import MIGRATIONS

HEAD = "0002"


def script(revision: str | None) -> str:
    """Return the SQL from a revision (None: an empty database) to the newest one; empty when it is there already.

    Importing Alembic takes longer than everything else at start, so the script for an empty database is kept.
    """
    if revision == HEAD:
        return ""
    if revision is not None:
        return generate(revision)
    kept = _cache_file()
    if kept is None:
        return generate(revision)
    if not kept.exists():
        _keep(kept, generate(revision))
    return kept.read_text(encoding="utf-8")


def generate(revision: str | None) -> str:
    """Let Alembic write the script."""
    from alembic import command  # noqa: PLC0415 - takes long to import, and is mostly not needed
    from alembic.config import Config  # noqa: PLC0415

    output = io.StringIO()
    config = Config(output_buffer=output)
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, f"{revision or 'base'}:head", sql=True)
    lines = [line for line in output.getvalue().splitlines() if line.strip() not in {"BEGIN;", "COMMIT;"}]
    return "\n".join(lines)


def _cache_file() -> Path | None:
    """Return where the script is kept: a private folder of this user, named after the content of the migrations."""
    digest = hashlib.sha256()
    for path in sorted(MIGRATIONS.rglob("*.py")):
        digest.update(path.read_bytes())
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "knowledge-service"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    private = status.st_uid == os.getuid() and not status.st_mode & 0o022
    return folder / f"schema-{digest.hexdigest()[:16]}.sql" if private else None


def _keep(path: Path, text: str) -> None:
    """Write a file at once, so that a concurrent start never reads half of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).replace(path)
