"""The OpenAPI document of a service, for the hollow targets that take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from harness.errors import ConfigurationError
from harness.service import generate, serve

if TYPE_CHECKING:
    from pathlib import Path

    from harness.calibrate.cases import Subject


async def fetch_document(subject: Subject, folder: Path) -> Path:
    """Return a file with the document: the scenario's own, else what the sound service answers, kept in `folder`."""
    where = subject.scenario.target.document or "/openapi.json"
    own = subject.folder / where
    if not where.startswith("/") or own.is_file():
        return own
    spec = subject.service
    async with (
        serve(spec, folder=subject.folder, generated=generate(spec)) as service,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.get(service.url + where)
    if not answer.is_success:
        raise ConfigurationError(
            f"{subject.path}: target.document: {where} answered {answer.status_code}, expected 200"
        )
    kept = folder / f"{subject.name}.{where.rpartition('.')[2]}"
    kept.write_text(answer.text, encoding="utf-8")
    return kept
