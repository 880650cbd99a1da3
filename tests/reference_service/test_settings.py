"""Settings are validated at start, and a mistake is one clear line."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from reference_service.errors import SettingsError
from reference_service.secrets_folder import secret_path, with_secrets
from reference_service.settings import Settings, from_environment, help_text, variable
from tests.reference_service.running import KEY, SECRET

if TYPE_CHECKING:
    from pathlib import Path

COMPLETE = {
    "KNOWLEDGE_ENVIRONMENT": "production",
    "KNOWLEDGE_JWT_SECRET": SECRET,
    "KNOWLEDGE_ENCRYPTION_KEYS": f"k1:{KEY}",
    "KNOWLEDGE_STORAGE_URL": "s3://bucket",
    "DATABASE_URL": "postgresql://host/db",
    "REDIS_URL": "redis://host",
}


def test_the_environment_is_read() -> None:
    """With the prefix, but for the two addresses; tiers are parsed; an empty variable is none."""
    settings = from_environment({**COMPLETE, "KNOWLEDGE_TIERS": "free=5/60s, test=20/20", "KNOWLEDGE_COMMIT": ""})
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://host/db"
    assert (settings.tiers["test"].limit, settings.tiers["test"].window_seconds) == (20, 20)
    assert settings.commit is None


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"KNOWLEDGE_POOL_SIZE": "many"}, "KNOWLEDGE_POOL_SIZE: Input should be a valid integer"),
        ({"KNOWLEDGE_TYPO": "x"}, "KNOWLEDGE_TYPO: Extra inputs are not permitted; no such setting, see --help"),
        ({"KNOWLEDGE_TIERS": "free=lots"}, "KNOWLEDGE_TIERS: expected name=requests/seconds"),
        ({"KNOWLEDGE_TIERS": "pro=1/1s"}, "tiers: expected a tier named free"),
        ({"KNOWLEDGE_JWT_SECRET": "short"}, "jwt_secret: expected 32 bytes or more"),
        ({"KNOWLEDGE_JWKS_URL": "http://x"}, "found both"),
        ({"KNOWLEDGE_ENCRYPTION_KEYS": "k1:c2hvcnQ="}, "KNOWLEDGE_ENCRYPTION_KEYS: expected id:<base64 of 32 bytes>"),
        ({"KNOWLEDGE_ENCRYPTION_KEYS": ""}, "encryption_keys: required in production"),
        ({"KNOWLEDGE_JWT_SECRET": ""}, "jwt_secret_file or jwks_url: required in production"),
        ({"KNOWLEDGE_STORAGE_URL": ""}, "storage_url: required in production"),
        ({"REDIS_URL": ""}, "REDIS_URL: required in production"),
    ],
)
def test_a_mistake_is_named(changes: dict[str, str], line: str) -> None:
    """Which variable, and what was expected; never the secret itself."""
    with pytest.raises(SettingsError) as caught:
        from_environment(COMPLETE | changes)
    assert line in str(caught.value)
    assert SECRET not in str(caught.value)


def test_secrets_show_in_no_repr() -> None:
    """Nor in errors."""
    text = repr(from_environment(COMPLETE))
    assert SECRET not in text
    assert KEY not in text


def test_the_help_lists_every_variable() -> None:
    """With its default."""
    text = help_text()
    assert all(variable(name) in text for name in Settings.model_fields)
    assert "free=100/3600s,pro=1000/3600s,enterprise=10000/3600s" in text


def test_generated_secrets_are_kept_for_this_user_only(tmp_path: Path) -> None:
    """Made once, with mode 0600, long and random; the next start finds the same ones."""
    settings = Settings(state_folder=str(tmp_path / "state"))
    first, second = with_secrets(settings), with_secrets(settings)
    assert first == second
    assert first.jwt_secret is not None
    assert len(first.jwt_secret.get_secret_value()) >= 40
    assert secret_path(settings).read_text() == first.jwt_secret.get_secret_value()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()} == {0o600}


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    """Which is made when it is missing, and refused when it is too short; in production it must be there."""
    path = tmp_path / "secret"
    made = with_secrets(Settings(jwt_secret_file=str(path), state_folder=str(tmp_path)))
    assert made.jwt_secret is not None
    assert path.read_text() == made.jwt_secret.get_secret_value()
    path.write_text("short")
    with pytest.raises(SettingsError, match="32 bytes or more"):
        with_secrets(Settings(jwt_secret_file=str(path), state_folder=str(tmp_path)))
    production = {name: value for name, value in COMPLETE.items() if name != "KNOWLEDGE_JWT_SECRET"}
    with pytest.raises(SettingsError, match="cannot be read"):
        with_secrets(from_environment(production | {"KNOWLEDGE_JWT_SECRET_FILE": str(tmp_path / "none")}))
