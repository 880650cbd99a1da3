"""What is done with the content of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import (
        Binding,
        Chunk,
        Sealed,
        Upload,
    )


class MediaTypes(Protocol):
    """Judges what a body really is."""

    def judge(self, upload: Upload) -> str:
        """Return the media type; raise UnsupportedType or InvalidFile."""


class Extractor(Protocol):
    """Gets the text out of a body."""

    def text(self, body: bytes, media_type: str) -> str:
        """Return the text, which may be empty; raise InvalidFile."""


class Chunker(Protocol):
    """Cuts a text into pieces."""

    def chunks(self, text: str, overlap: int) -> Sequence[Chunk]:
        """Return the pieces in order, `overlap` characters of each repeated in the next."""


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """The name of the model."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector per text; raise EmbeddingDown."""


class Cipher(Protocol):
    """Layer 3: authenticated encryption."""

    @property
    def active_key_id(self) -> str:
        """The id of the key that seals."""

    def seal(self, plaintext: bytes, binding: Binding) -> Sealed:
        """Encrypt for exactly this place."""

    def open(self, sealed: Sealed, binding: Binding) -> bytes:
        """Decrypt; raise Mismatch when anything differs from when it was sealed."""

    def digest(self, user_id: str, text: str) -> bytes:
        """Return a keyed digest, equal for equal texts of one user, by which sealed values can be filtered."""


class Storage(Protocol):
    """Keeps the bodies of files."""

    async def put(self, name: str, data: bytes) -> None:
        """Store an object."""

    async def get(self, name: str) -> bytes:
        """Return an object; raise FileMissing."""

    async def delete(self, name: str) -> None:
        """Remove an object; removing one that is gone is no error."""
