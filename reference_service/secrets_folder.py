"""Secrets of the demonstration: generated once per user, kept in files that only the user may read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from reference_service.errors import SettingsError
from reference_service.settings import MINIMUM_SECRET

if TYPE_CHECKING:
    from reference_service.settings import Settings


def with_secrets(settings: Settings) -> Settings:
    """Return settings in which every secret that may be generated is there; production has all of them already."""
    values: dict[str, object] = {}
    if settings.jwt_secret is None and settings.jwks_url is None:
        values["jwt_secret"] = _jwt_secret(settings)
    if not settings.encryption_keys:
        values["encryption_keys"] = f"generated:{_kept(settings, 'encryption-key')}"
    if settings.storage_url is None:
        values["storage_url"] = str(state_folder(settings) / "bodies")
    return settings.with_values(**values)


def _jwt_secret(settings: Settings) -> str:
    if settings.jwt_secret_file is None:
        return _kept(settings, "jwt-secret")
    try:
        secret = Path(settings.jwt_secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        if not isinstance(error, FileNotFoundError) or settings.environment == "production":
            raise SettingsError(f"KNOWLEDGE_JWT_SECRET_FILE: cannot be read: {type(error).__name__}") from None
        secret = write_secret(Path(settings.jwt_secret_file))
    if len(secret.encode()) < MINIMUM_SECRET:
        raise SettingsError(f"KNOWLEDGE_JWT_SECRET_FILE: expected {MINIMUM_SECRET} bytes or more")
    return secret


def secret_path(settings: Settings) -> Path:
    """Return the file in which the HS256 secret is kept when no variable holds it."""
    return Path(settings.jwt_secret_file) if settings.jwt_secret_file else state_folder(settings) / "jwt-secret"


def state_folder(settings: Settings) -> Path:
    """Return the private folder of this user, made when it is missing."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = Path(settings.state_folder) if settings.state_folder else base / "knowledge-service"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"KNOWLEDGE_STATE_FOLDER: cannot make {folder}: {error.strerror}") from None
    return folder


def _kept(settings: Settings, name: str) -> str:
    path = state_folder(settings) / name
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return write_secret(path)


def write_secret(path: Path) -> str:
    """Write a new secret of 32 random bytes; when another process was faster, its secret is returned."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
    return secret
