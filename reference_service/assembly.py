"""The one place where the service is composed from its parts."""

from __future__ import annotations

import base64
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError  # noqa: A004 - the client's own, which the built-in is not
from starlette.middleware.cors import CORSMiddleware

from reference_service import media, strict_json
from reference_service.accounts import AnonymousAccounts
from reference_service.build import CurrentBuild
from reference_service.chunking import FixedSize, Semantic, Smart
from reference_service.cipher import AuthenticatedCipher
from reference_service.database import PostgresDatabase
from reference_service.embedding import HashedNgrams, RemoteEmbedder
from reference_service.errors import SettingsError
from reference_service.indexing import FileIndexer, IndexWorker
from reference_service.knowledge import KnowledgeOperations
from reference_service.limits import RedisLimiter, UserQuota
from reference_service.memory import Memories
from reference_service.metrics import Metrics
from reference_service.parts import Parts
from reference_service.readiness import Checks
from reference_service.repositories import PostgresChunks, PostgresFiles, PostgresJobs, PostgresMemories
from reference_service.search_cache import RedisSearchCache
from reference_service.seeding import apply_flaws
from reference_service.storage import ObjectStorage, open_store
from reference_service.tokens import BearerAuthenticator, KeySetVerifier, SharedSecretVerifier
from reference_service.web.document import use_document
from reference_service.web.recorder import EchoedOrRandomIds, Recorder, StandardHeaders, log_request
from reference_service.web.rendering import JsonErrors, add_error_handlers
from reference_service.web.routes import KnowledgeRoutes, MemoryRoutes, OperationsRoutes
from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.types import ASGIApp

    from reference_service.seeding import Flaw
    from reference_service.settings import Settings

REDIS_CONNECTIONS = 16
REDIS_SECONDS = 0.8
DESCRIPTION = "Upload documents, search them by meaning, list and delete them. Everything is private to its user."


def assemble(settings: Settings, flaws: Sequence[Flaw] = (), *, made: FastAPI | None = None) -> ASGIApp:
    """Compose the service; raise SettingsError when the settings or the flaws do not allow it.

    Args:
        settings: complete: both URLs, a secret or a key set, encryption keys and a place for bodies.
        flaws: the seeded flaws to switch on, each of which replaces one part.
        made: routes that were made before, for settings that differ in no more than where things are.
    """
    app = made or routes(settings)
    redis, parts = open_redis(settings), app.state.parts
    app.state.redis = redis
    fill(parts, settings, redis, [flaw.name for flaw in flaws])
    apply_flaws(parts, flaws)
    return wrap(app, parts)


def fill(parts: Parts, settings: Settings, redis: Redis, flaws: Sequence[str]) -> None:
    """Put in the parts of the sound service; those that use others look them up when they work."""
    metrics = Metrics()
    secret = reveal(settings.jwt_secret)
    parts.settings, parts.started_at, parts.metrics = settings, datetime.now(UTC), metrics
    parts.request_ids, parts.header_policy, parts.error_renderer = EchoedOrRandomIds(), StandardHeaders(), JsonErrors()
    parts.token_verifier = KeySetVerifier(settings) if settings.jwks_url else SharedSecretVerifier(settings, secret)
    parts.authenticator = BearerAuthenticator(parts)
    parts.limiter, parts.quota = RedisLimiter(redis, settings.redis_prefix), UserQuota(parts)
    parts.json_decoder, parts.upload_reader = strict_json.decode, MultipartReader(parts)
    parts.media_types, parts.extractor = media.ContentSniffer(), media.TextExtractor()
    parts.chunkers = {"smart": Smart(), "fixed_size": FixedSize(), "semantic": Semantic()}
    parts.embedders = {"local": HashedNgrams(), "remote": RemoteEmbedder(settings)}
    parts.cipher = AuthenticatedCipher(encryption_keys(settings), metrics)
    parts.storage = ObjectStorage(open_store(settings))
    parts.database = PostgresDatabase(reveal(settings.app_database_url), settings.pool_size, metrics)
    parts.files, parts.chunks, parts.memories = PostgresFiles(), PostgresChunks(), PostgresMemories()
    parts.jobs, parts.search_cache = PostgresJobs(), RedisSearchCache(parts, redis)
    parts.indexer, parts.worker = FileIndexer(parts), IndexWorker(parts)
    parts.knowledge, parts.memory = KnowledgeOperations(parts), Memories(parts)
    parts.accounts, parts.readiness = AnonymousAccounts(parts, secret), Checks(parts, redis)
    parts.build, parts.request_log = CurrentBuild(parts, flaws), log_request
    parts.middleware, parts.perimeter = cors(settings), ()


def reveal(secret: Any) -> str:
    """Return the text of a secret setting, empty when it is not set."""
    return str(secret.get_secret_value()) if secret else ""


def encryption_keys(settings: Settings) -> dict[str, bytes]:
    """Return the keys of layer 3; raise SettingsError without any."""
    if not settings.encryption_keys:
        raise SettingsError("KNOWLEDGE_ENCRYPTION_KEYS: expected id:base64 of 32 bytes, found none")
    return {name: base64.b64decode(reveal(key)) for name, key in settings.encryption_keys.items()}


def open_redis(settings: Settings) -> Redis:
    """Return a client that gives up within a second instead of waiting.

    A connection that turns out to be dead is made anew once: after a restart of the server all of the pool are.
    """
    pool = BlockingConnectionPool.from_url(
        reveal(settings.redis_url),
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_SECONDS,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
    return Redis(connection_pool=pool)


def cors(settings: Settings) -> tuple[Any, ...]:
    """Return the middleware for browsers of other origins: none unless an exact list of origins is set."""
    if not settings.cors_origins:
        return ()

    def allow(app: ASGIApp) -> ASGIApp:
        return CORSMiddleware(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "X-Request-ID"),
            expose_headers=("X-Request-ID", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
        )

    return (allow,)


def routes(settings: Settings) -> FastAPI:
    """Return the application, which opens and closes what its parts hold, once `fill` has put them in."""
    parts = object.__new__(Parts)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await parts.database.open()
        await parts.worker.start()
        try:
            yield
        finally:
            await parts.worker.stop()
            await parts.database.close()
            await app.state.redis.aclose()

    app = FastAPI(
        title="Knowledge API",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = parts
    KnowledgeRoutes(parts).add(app)
    MemoryRoutes(parts).add(app)
    OperationsRoutes(parts).add(app, sign_up=settings.jwks_url is None)
    add_error_handlers(app, parts)
    use_document(app)
    return app


def wrap(app: ASGIApp, parts: Parts) -> ASGIApp:
    """Put the middleware around the routes, the recorder around that, and the perimeter around all."""
    for middleware in reversed(parts.middleware):
        app = middleware(app)
    app = Recorder(app, parts)
    for middleware in reversed(parts.perimeter):
        app = middleware(app)
    return app
