"""The settings of the service: read from the environment, validated at start, listed by `--help`."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator

from reference_service.errors import SettingsError
from reference_service.model import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "KNOWLEDGE_"
UNPREFIXED = {"DATABASE_URL": "database_url", "REDIS_URL": "redis_url"}
MINIMUM_SECRET = 32
KEY_BYTES = 32
HOUR = 3600
TIERS = {
    name: Tier(name=name, limit=limit, window_seconds=HOUR)
    for name, limit in (("free", 100), ("pro", 1000), ("enterprise", 10_000))
}


def _words(value: object) -> object:
    return tuple(word for word in value.replace(",", " ").split() if word) if isinstance(value, str) else value


def _tier(text: str) -> Tier:
    name, _, rate = text.partition("=")
    limit, _, window = rate.partition("/")
    count, seconds = int(limit), int(window.removesuffix("s"))
    if not name or count < 1 or seconds < 1:
        raise ValueError(text)
    return Tier(name=name, limit=count, window_seconds=seconds)


def _tiers(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        tiers = [_tier(word) for word in value.replace(",", " ").split()]
    except ValueError:
        raise ValueError(f"expected name=requests/seconds, such as free=100/3600s, found {value!r}") from None
    return {tier.name: tier for tier in tiers}


def _tier_of_sign_up(value: object) -> object:
    return _tier(f"sign-up={value}") if isinstance(value, str) else value


def _keys(value: object) -> object:
    """Parse `id:base64,id:base64`; the first key seals, all of them open."""
    if not isinstance(value, str):
        return value
    keys: dict[str, SecretStr] = {}
    for pair in _words(value):  # type: ignore[attr-defined]
        name, _, encoded = pair.partition(":")
        try:
            size = len(base64.b64decode(encoded, validate=True))
        except binascii.Error:
            size = 0
        if not name or size != KEY_BYTES:
            raise ValueError(f"expected id:<base64 of {KEY_BYTES} bytes> for each key, comma between them")
        keys[name] = SecretStr(encoded)
    return keys


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Tiers = Annotated[dict[str, Tier], BeforeValidator(_tiers)]
SignUpTier = Annotated[Tier, BeforeValidator(_tier_of_sign_up)]
Keys = Annotated[dict[str, SecretStr], BeforeValidator(_keys)]


class Settings(BaseModel):
    """Everything that can be set; each field is the environment variable of the same name with the prefix."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    environment: Literal["development", "staging", "production"] = Field(
        default="development", description="production refuses generated secrets and seeded flaws"
    )
    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL address for provisioning and migrations; replaces the embedded server"
    )
    app_database_url: SecretStr | None = Field(
        default=None, description="address the service itself connects with; by default a role is made for it"
    )
    redis_url: SecretStr | None = Field(default=None, description="Valkey or Redis; replaces the embedded server")
    redis_prefix: str = Field(default="knowledge", description="first part of every key in Redis")
    pool_size: int = Field(default=10, ge=1, le=100, description="connections to PostgreSQL")

    jwt_secret: SecretStr | None = Field(default=None, description=f"HS256 secret, {MINIMUM_SECRET} bytes or more")
    jwt_secret_file: str | None = Field(default=None, description="file that holds the HS256 secret")
    jwt_audience: str = Field(default="knowledge-api", min_length=1, description="the `aud` that a token must have")
    jwt_issuer: str = Field(default="knowledge-auth", min_length=1, description="the `iss` that a token must have")
    jwt_max_lifetime_seconds: int = Field(default=7 * 86400, ge=60, description="longest `exp` - `iat`")
    jwt_leeway_seconds: int = Field(default=2, ge=0, le=60, description="tolerated difference of clocks")
    jwks_url: str | None = Field(default=None, description="JWKS address; RS256 and ES256 instead of HS256")
    jwks_ttl_seconds: float = Field(default=300.0, gt=0, description="how long fetched keys are believed")
    jwks_cooldown_seconds: float = Field(default=5.0, ge=0, description="shortest time between two fetches")

    tiers: Tiers = Field(
        default_factory=lambda: dict(TIERS),
        description="rate limits: name=requests/seconds, comma between them; an unknown tier is free",
    )
    sign_up_per_address: SignUpTier = Field(default=Tier(name="sign-up", limit=20, window_seconds=3600))
    sign_up_total: SignUpTier = Field(default=Tier(name="sign-up", limit=100, window_seconds=3600))
    sign_up_token_seconds: int = Field(default=86400, ge=60, description="life time of an anonymous token")

    encryption_keys: Keys = Field(
        default_factory=dict, description="id:base64 of 32 bytes, comma between them; the first one seals"
    )
    storage_url: str | None = Field(default=None, description="folder, file:// or s3://bucket/prefix for file bodies")
    storage_endpoint: str | None = Field(default=None, description="address of an S3-speaking server")
    storage_region: str = Field(default="us-east-1", description="region of the bucket")
    storage_access_key: SecretStr | None = Field(default=None, description="S3 access key; else the usual AWS chain")
    storage_secret_key: SecretStr | None = Field(default=None, description="S3 secret key")
    max_upload_bytes: int = Field(default=50 * 1024 * 1024, ge=1, description="largest file")
    search_cache_seconds: int = Field(default=30, ge=0, le=3600, description="how long a search answer is kept")
    index_workers: int = Field(default=1, ge=1, le=16, description="indexing jobs at a time")

    embedding_url: str | None = Field(default=None, description="base URL of an OpenAI-compatible service (remote)")
    embedding_key: SecretStr | None = Field(default=None, description="its API key")
    embedding_name: str = Field(default="text-embedding-3-small", description="its model")
    embedding_timeout_seconds: float = Field(default=5.0, gt=0, description="time limit of one call")

    cors_origins: Words = Field(default=(), description="exact origins that may call from a browser; none by default")
    commit: str | None = Field(default=None, description="commit that /version shows; by default asked of git")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least level logged")
    hide_flaws: bool = Field(default=False, description="do not name seeded flaws in /version (calibration)")
    state_folder: str | None = Field(default=None, description="where generated secrets are kept (mode 0600)")
    index_delay_seconds: float = Field(default=0.0, ge=0, le=60, description="wait before a job is taken, for tests")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if "free" not in self.tiers:
            raise ValueError("tiers: expected a tier named free, which unknown tiers fall back to")
        if self.jwt_secret and len(self.jwt_secret.get_secret_value().encode()) < MINIMUM_SECRET:
            raise ValueError(f"jwt_secret: expected {MINIMUM_SECRET} bytes or more")
        if self.jwt_secret and self.jwks_url:
            raise ValueError("jwt_secret, jwks_url: expected one of them, found both")
        if self.environment == "production":
            self._refuse_defaults()
        return self

    def _refuse_defaults(self) -> None:
        if not (self.jwt_secret or self.jwt_secret_file or self.jwks_url):
            raise ValueError("jwt_secret, jwt_secret_file or jwks_url: required in production")
        if not self.encryption_keys:
            raise ValueError("encryption_keys: required in production")
        if not self.storage_url:
            raise ValueError("storage_url: required in production")
        if not (self.database_url and self.redis_url):
            raise ValueError("DATABASE_URL and REDIS_URL: required in production")

    def with_values(self, **values: Any) -> Settings:
        """Return validated settings in which these values are replaced."""
        return Settings.model_validate({**dict(self), **values})


def variable(field: str) -> str:
    """Return the environment variable that sets a field."""
    return next((name for name, known in UNPREFIXED.items() if known == field), PREFIX + field.upper())


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError with one line per mistake."""
    values = {field: environ[name] for name, field in UNPREFIXED.items() if environ.get(name)}
    values |= {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and value != ""
    }
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_mistake(item["loc"], item["msg"]) for item in error.errors())) from None


def _mistake(location: tuple[int | str, ...], message: str) -> str:
    where = f"{variable(str(location[0]))}: " if location else ""
    hint = "; no such setting, see --help" if message.startswith("Extra inputs") else ""
    return f"{where}{message.removeprefix('Value error, ')}{hint}"


def help_text() -> str:
    """List every environment variable with its meaning and default."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        lines.append(f"  {variable(name)}\n      {field.description or name.replace('_', ' ')} [{_shown(default)}]")
    return "settings, from the environment:\n" + "\n".join(lines)


def _shown(value: object) -> str:
    if isinstance(value, Tier):
        return f"{value.limit}/{value.window_seconds}s"
    if isinstance(value, dict):
        return ",".join(f"{name}={_shown(item)}" for name, item in value.items()) or "none"
    return "none" if value in (None, ()) else str(value)
