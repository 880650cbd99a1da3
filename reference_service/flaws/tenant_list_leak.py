"""The list of files shows those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_files() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM files'
"""


def apply(parts: Parts) -> None:
    """Read the list past the policy."""
    from reference_service.repositories import PostgresFiles

    class Leaky(PostgresFiles):
        table = "flaw_all_files()"

    parts.files = Leaky()
