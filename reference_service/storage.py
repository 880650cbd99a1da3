"""Where the bodies of files are kept: a local folder or S3, through one interface."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from reference_service.errors import DependencyDown, FileMissing, SettingsError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from reference_service.settings import Settings


class ObjectStorage:
    """Objects in a store; whatever the store says, a caller sees only that it is down."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    async def put(self, name: str, data: bytes) -> None:
        """Store an object."""
        try:
            await obstore.put_async(self.store, name, data)
        except (BaseError, OSError):
            raise DependencyDown from None

    async def get(self, name: str) -> bytes:
        """Return an object; raise FileMissing."""
        try:
            return bytes(await (await obstore.get_async(self.store, name)).bytes_async())
        except FileNotFoundError:
            raise FileMissing from None
        except (BaseError, OSError):
            raise DependencyDown from None

    async def delete(self, name: str) -> None:
        """Remove an object; removing one that is gone is no error."""
        try:
            await obstore.delete_async(self.store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError):
            raise DependencyDown from None


def open_store(settings: Settings) -> ObjectStore:
    """Return the store that the settings name: `s3://bucket/prefix`, `file:///folder` or a folder."""
    address = settings.storage_url
    if address is None:
        raise SettingsError("KNOWLEDGE_STORAGE_URL: expected a folder, file:// or s3:// address, found none")
    parts = urlsplit(address)
    if parts.scheme == "s3":
        return S3Store(parts.netloc, prefix=parts.path.strip("/") or None, **_s3_options(settings))
    if parts.scheme in {"", "file"}:
        folder = Path(parts.path if parts.scheme else address).absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return LocalStore(folder)
    raise SettingsError(f"KNOWLEDGE_STORAGE_URL: expected a folder, file:// or s3:// address, found {parts.scheme}://")


def _s3_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"region": settings.storage_region}
    if settings.storage_endpoint:
        options["endpoint"] = settings.storage_endpoint
        options["client_options"] = {"allow_http": settings.storage_endpoint.startswith("http://"), "timeout": "5s"}
    if settings.storage_access_key and settings.storage_secret_key:
        options["access_key_id"] = settings.storage_access_key.get_secret_value()
        options["secret_access_key"] = settings.storage_secret_key.get_secret_value()
    return options
