"""One request as the operations see it: who calls what, with which ids and parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.targets.projects.problems import ProblemError, invalid, not_found, unauthorized

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.targets.projects.store import Store, User

MAX_BODY = 256 * 1024
_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(slots=True, kw_only=True)
class Call:
    """One request; `caller` is None until authentication has succeeded."""

    operation: str
    request: Request
    store: Store
    secret: bytes
    caller: User | None = None
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def user(self) -> User:
        """The authenticated caller; raises ProblemError (401) where there is none."""
        if self.caller is None:
            raise unauthorized()
        return self.caller

    @property
    def values(self) -> dict[str, object]:
        """The ids of the path and of the caller, for a statement."""
        return {**self.ids, "user": self.user.id}

    def read_ids(self) -> None:
        """Parse the ids of the path; what cannot be an id is not found."""
        for name, text in self.request.path_params.items():
            if not _ID.fullmatch(text):
                raise not_found()
            self.ids[name] = int(text)

    def parameters(self, *known: str) -> dict[str, str]:
        """Return the query parameters; raises ProblemError (400) for unknown and repeated ones."""
        found: dict[str, str] = {}
        for name, value in self.request.query_params.multi_items():
            if name not in known or name in found:
                raise invalid("query: unknown or repeated parameter")
            found[name] = value
        return found

    async def body(self, *media_types: str) -> bytes:
        """Return the body; raises ProblemError if it is of another type (415) or too large (413)."""
        media_type = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in media_types:
            raise ProblemError(415, "unsupported-media-type", f"expected {' or '.join(media_types)}")
        data = b""
        async for chunk in self.request.stream():
            data += chunk
            if len(data) > MAX_BODY:
                raise ProblemError(413, "too-large", f"a body may have {MAX_BODY} bytes")
        return data
