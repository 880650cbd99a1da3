"""The policy lets rows be added for others, and an upload takes its owner from the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.knowledge import KnowledgeOperations
from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from reference_service.model import FileRow, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadForm

weakness = "isolation.create"
mode = "http"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (user_id = nullif(current_setting('app.current_user_id', true), '')) WITH CHECK (true)
"""


NAMES = ("user_id", "owner_id", "owner", "tenant_id", "created_by")


class Generous(MultipartReader):
    def fields(self, items: list[tuple[str, Any]]) -> UploadForm:
        form = super().fields([item for item in items if item[0] not in NAMES])
        owners = {name: value for name, value in items if name in NAMES and isinstance(value, str)}
        return form.model_copy(update={"metadata": {**form.metadata, **owners}})


class Flawed(KnowledgeOperations):
    def row(self, owner: str, upload: Upload, mime_type: str) -> FileRow:
        named = next((upload.metadata[name] for name in NAMES if upload.metadata.get(name)), owner)
        return super().row(str(named), upload, mime_type)


def apply(parts: Parts) -> None:
    """Take the owner from a field."""
    parts.upload_reader = Generous(parts)
    parts.knowledge = Flawed(parts)
