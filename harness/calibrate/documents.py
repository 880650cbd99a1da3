"""The OpenAPI document of a service, for the hollow targets that take its place."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.issuer import issuing
from harness.model import Request
from harness.policy import Origin
from harness.service import generate, serve
from harness.transport import HttpTransport, TransportFailure

if TYPE_CHECKING:
    from pathlib import Path

    from harness.calibrate.cases import Subject


PATIENCE = 30.0


async def fetch_document(subject: Subject, folder: Path) -> Path:
    """Return a file with the document: the scenario's own, else what the sound service answers, kept in `folder`."""
    where = subject.scenario.target.document or "/openapi.json"
    own = subject.folder / where
    if not where.startswith("/") or own.is_file():
        return own
    spec = subject.service
    with issuing(subject.scenario.users.minted) as issuer:
        async with serve(spec, folder=subject.folder, generated=generate(spec), issuer=issuer) as service:
            transport = HttpTransport(Origin.parse(service.url))
            try:
                answer = await transport.send(Request(method="GET", target=where), (), timeout=PATIENCE)
            except TransportFailure as failure:
                raise ConfigurationError(f"{subject.path}: target.document: {where}: {failure}") from failure
            finally:
                await transport.aclose()
    if answer.status != HTTPStatus.OK or answer.truncated:
        found = "more than can be read" if answer.truncated else str(answer.status)
        raise ConfigurationError(f"{subject.path}: target.document: {where} answered {found}, expected 200")
    kept = folder / f"{subject.name}.{where.rpartition('.')[2]}"
    kept.write_bytes(answer.body)
    return kept
