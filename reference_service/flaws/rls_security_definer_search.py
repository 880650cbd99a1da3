"""Search goes through functions that run as a role the policies do not bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresChunks

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "isolation.search"
mode = "http"
ddl = """
CREATE FUNCTION flaw_chunks() RETURNS SETOF file_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM file_chunks';
CREATE FUNCTION flaw_files() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM files'
"""


class Privileged(PostgresChunks):
    table = "flaw_chunks()"
    files = "flaw_files()"


def apply(parts: Parts) -> None:
    """Search through the functions."""
    parts.chunks = Privileged()
