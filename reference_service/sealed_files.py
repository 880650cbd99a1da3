"""Opens and seals the columns of files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reference_service.model import Binding, Sealed

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts


class SealedFiles:
    """What knows how the columns of a file are sealed."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def seal(self, value: object, owner: str, file_id: UUID, column: str) -> bytes:
        """Seal one column of a file."""
        binding = Binding(user_id=owner, object_id=str(file_id), column=column)
        return self.parts.cipher.seal(json.dumps(value).encode(), binding).data

    def open(self, data: bytes, key_id: str, owner: str, file_id: UUID, column: str) -> Any:
        """Open one column of a file; raise Mismatch."""
        binding = Binding(user_id=owner, object_id=str(file_id), column=column)
        return json.loads(self.parts.cipher.open(Sealed(key_id=key_id, data=data), binding))
