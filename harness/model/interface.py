"""What a document says of a target: its operations, what they take and what they promise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operation: `location` is path, query, header or cookie; `schema` is JSON Schema."""

    name: str
    location: str
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A declared body: media type and, where there is one, its resolved JSON Schema."""

    media_type: str
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResponse:
    """What a document promises for one status ("200", "4XX", "default")."""

    status: str
    bodies: tuple[Body, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method and path template of a document.

    `id` is "METHOD /path/{template}", which is how scenarios, findings and matrices name it. `secured` says whether
    the document asks for a credential here (None: the document does not say).
    """

    method: str
    path: str
    summary: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Body, ...] = ()
    body_required: bool = False
    responses: tuple[DeclaredResponse, ...] = ()
    secured: bool | None = None
    line: int = 1

    @property
    def id(self) -> str:
        """The name of the operation: method, space, path template."""
        return f"{self.method} {self.path}"

    def declared(self, status: int) -> DeclaredResponse | None:
        """Return the declaration that covers `status`: exact, then a range such as 4XX, then default."""
        by_status = {response.status.upper(): response for response in self.responses}
        return by_status.get(str(status)) or by_status.get(f"{status // 100}XX") or by_status.get("DEFAULT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is tested: base URL (scheme, host, port, maybe a prefix), its document and who it says it is."""

    base_url: str
    operations: tuple[Operation, ...] = ()
    document_digest: str | None = None
    version: Mapping[str, Any] | None = None
