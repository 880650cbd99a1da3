"""An upload takes its owner from its metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import FileRow, Upload
    from reference_service.parts import Parts

weakness = "isolation.create"
mode = "http"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (user_id = nullif(current_setting('app.current_user_id', true), '')) WITH CHECK (true)
"""


class Flawed(KnowledgeOperations):
    def row(self, owner: str, upload: Upload, mime_type: str) -> FileRow:
        return super().row(str(upload.metadata.get("user_id") or owner), upload, mime_type)


def apply(parts: Parts) -> None:
    """Take the owner from the metadata."""
    parts.knowledge = Flawed(parts)
