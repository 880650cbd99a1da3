"""Reads multipart uploads, enforcing the limits while the body arrives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from reference_service.errors import FileTooLarge, ServiceError, ValidationFailed
from reference_service.model import Upload
from reference_service.schemas import UploadForm
from reference_service.strict_json import check_text
from reference_service.web.guard import BoundedRequest
from reference_service.web.rendering import sentence

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

ENVELOPE_BYTES = 64 * 1024
"""What the other fields and the multipart syntax may take beside the file."""
FIELD_BYTES = 16 * 1024
JSON_FIELDS = frozenset({"tags", "metadata"})
MAX_NAME = 255


class MultipartReader:
    """Reads the one file and its fields."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def read(self, request: Request) -> Upload:
        """Return the validated upload; raise FileTooLarge or ValidationFailed."""
        limit = self.parts.settings.max_upload_bytes
        self.check_declared(request, limit)
        bounded = BoundedRequest(request, self.bound(limit), too_large(limit))
        try:
            async with bounded.form(
                max_files=1, max_fields=len(UploadForm.model_fields), max_part_size=FIELD_BYTES
            ) as form:
                return await self.upload(form, limit)
        except ServiceError:
            raise
        except HTTPException:
            raise ValidationFailed("The body is not a multipart form with one file.") from None
        except UnicodeDecodeError:
            raise ValidationFailed("The fields of the form are not UTF-8.") from None

    def check_declared(self, request: Request, limit: int) -> None:
        """Refuse a body that already says that it is too long."""
        if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            raise ValidationFailed("Expected a multipart/form-data body with the field 'file'.")
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit + ENVELOPE_BYTES:
            raise too_large(limit)

    def bound(self, limit: int) -> int:
        """Return how many bytes of the body are read at most."""
        return limit + ENVELOPE_BYTES

    async def upload(self, form: FormData, limit: int) -> Upload:
        """Return the upload in a form."""
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise ValidationFailed("file: Field required, as a file")
        if (file.size or 0) > limit:
            raise too_large(limit)
        fields = self.fields([(name, value) for name, value in form.multi_items() if name != "file"])
        body = await file.read()
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
        return Upload(
            body=body,
            file_name=name.encode("utf-8", "replace").decode().replace("\0", "")[:MAX_NAME],
            content_type=file.content_type or "",
            title=fields.title,
            description=fields.description,
            source=fields.source,
            tags=fields.tags,
            metadata=fields.metadata,
        )

    def fields(self, items: list[tuple[str, Any]]) -> UploadForm:
        """Return the validated text fields."""
        values: dict[str, Any] = {}
        for name, value in items:
            if name in values or not isinstance(value, str):
                raise ValidationFailed("Expected each field once, and only 'file' as a file.")
            try:
                check_text(value)
                values[name] = self.parts.json_decoder(value.encode()) if name in JSON_FIELDS else value
            except json.JSONDecodeError as error:
                raise ValidationFailed(f"{name if name in UploadForm.model_fields else 'field'}: {error.msg}") from None
        try:
            return UploadForm.model_validate(values)
        except ValidationError as error:
            raise ValidationFailed(sentence(error.errors(include_input=False))) from None


def too_large(limit: int) -> FileTooLarge:
    """Return the error that names the limit."""
    return FileTooLarge(f"The file is larger than {limit} bytes.")
