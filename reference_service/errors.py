"""Every error of the API: its status, its code and what the caller can do about it.

ServiceError
├── InvalidToken        401
├── FileMissing         404
├── RouteMissing        404
├── MethodNotAllowed    405
├── InvalidFile         400
├── FileTooLarge        413
├── UnsupportedType     415
├── ValidationFailed    422
├── LimitExceeded       429
├── EmbeddingDown       503
├── DependencyDown      503
└── InternalError       500
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import Allowance


class ServiceError(HTTPException):
    """An answer that is not a success; raised anywhere, rendered in one place.

    It is an `HTTPException` so that the framework lets it pass untouched, also while a body is being read.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    default_detail: ClassVar[str]
    default_suggestion: ClassVar[str]

    def __init__(
        self, detail: str = "", *, suggestion: str = "", headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(self.status, detail or self.default_detail, dict(headers))
        self.suggestion = suggestion or self.default_suggestion


class InvalidToken(ServiceError):
    """Layer 1 refused the request; the reason is logged, never told."""

    status = 401
    code = "INVALID_JWT"
    default_detail = "The bearer token is missing, malformed, expired or not valid for this service."
    default_suggestion = "Send the header 'Authorization: Bearer <token>' with a current token, or sign in again."

    def __init__(self, reason: str = "invalid") -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})
        self.reason = reason


class FileMissing(ServiceError):
    """No such object for this caller: unknown, deleted, another user's, or not authentic."""

    status = 404
    code = "FILE_NOT_FOUND"
    default_detail = "There is no such object."
    default_suggestion = "List your objects to see their ids; an id is only valid for the user who created the object."


class RouteMissing(ServiceError):
    """The path leads nowhere."""

    status = 404
    code = "NOT_FOUND"
    default_detail = "There is no such route."
    default_suggestion = "See /openapi.json for the routes of this service."


class MethodNotAllowed(ServiceError):
    """The path exists, but not with this method; `Allow` names those that it has."""

    status = 405
    code = "METHOD_NOT_ALLOWED"
    default_detail = "This route does not support the method."
    default_suggestion = "Use one of the methods in the Allow header."


class InvalidFile(ServiceError):
    """The type is allowed, but the content is corrupt."""

    status = 400
    code = "INVALID_FILE_FORMAT"
    default_detail = "The file is corrupt: its content does not match its format."
    default_suggestion = "Open the file in the program that made it, save it again and repeat the upload."


class FileTooLarge(ServiceError):
    """The file is over the limit."""

    status = 413
    code = "FILE_TOO_LARGE"
    default_detail = "The file is larger than this service accepts."
    default_suggestion = "Split the file into smaller ones, or compress its images."


class UnsupportedType(ServiceError):
    """The content is of a type that is not accepted."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    default_detail = "Files of this type are not accepted; the type is judged by the content."
    default_suggestion = "Send text, Markdown, PDF, DOCX, XLSX, PNG, JPEG or WebP."


class ValidationFailed(ServiceError):
    """The request is well formed HTTP, but not what the operation takes."""

    status = 422
    code = "VALIDATION_ERROR"
    default_detail = "The request does not match what this operation takes."
    default_suggestion = "Compare the request with the schema of this operation in /openapi.json."


class LimitExceeded(ServiceError):
    """The caller's bucket is empty."""

    status = 429
    code = "RATE_LIMIT_EXCEEDED"
    default_detail = "Too many requests: the quota of this user is used up."
    default_suggestion = "Wait for the number of seconds in the Retry-After header, or ask for a higher tier."

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(headers={"Retry-After": str(max(1, allowance.retry_after))})


class EmbeddingDown(ServiceError):
    """The remote embedding service does not answer, or its circuit is open."""

    status = 503
    code = "EMBEDDING_SERVICE_DOWN"
    default_detail = "The embedding service is not available."
    default_suggestion = "Repeat the request after the seconds in Retry-After, or choose the embedding model 'local'."

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


class DependencyDown(ServiceError):
    """Something the service cannot work without is not available."""

    status = 503
    code = "DEPENDENCY_DOWN"
    default_detail = "A part that this service depends on is not available."
    default_suggestion = "Repeat the request after the seconds in the Retry-After header."

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


class InternalError(ServiceError):
    """A defect of the service; the log has the details under the request id."""

    status = 500
    code = "INTERNAL_ERROR"
    default_detail = "The service failed to handle this request."
    default_suggestion = "Repeat the request; if it fails again, report the request id."


CATALOGUE: tuple[type[ServiceError], ...] = (
    InvalidToken,
    FileMissing,
    RouteMissing,
    MethodNotAllowed,
    InvalidFile,
    FileTooLarge,
    UnsupportedType,
    ValidationFailed,
    LimitExceeded,
    EmbeddingDown,
    DependencyDown,
    InternalError,
)


class SettingsError(Exception):
    """The service cannot start as it is configured; the message says what to change."""


class Mismatch(Exception):
    """A ciphertext does not belong where it was found."""
