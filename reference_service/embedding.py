"""Texts to unit vectors: hashed n-grams without any download, or an OpenAI-compatible service behind a breaker."""

from __future__ import annotations

import asyncio
import math
import re
import time
import zlib
from typing import TYPE_CHECKING, Any

from reference_service.errors import EmbeddingDown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from reference_service.settings import Settings

DIMENSION = 384
WORD = re.compile(r"\w+")
GRAM = 3
GRAM_WEIGHT = 0.3
BATCH = 64
ATTEMPTS = 2
FAILURES_TO_OPEN = 3
SECONDS_OPEN = 10.0
SERVER_ERROR = 500
TOO_MANY = 429


class HashedNgrams:
    """Words and their three-letter pieces, hashed into a fixed number of signed counters (the hashing trick)."""

    name = "local"

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector per text; many are computed outside the event loop."""
        if len(texts) == 1:
            return [hashed(texts[0])]
        return await asyncio.to_thread(lambda: [hashed(text) for text in texts])


def hashed(text: str) -> list[float]:
    """Return the unit vector of a text; long words weigh more, because they are rarer."""
    vector = [0.0] * DIMENSION
    for word in WORD.findall(text.lower()):
        _add(vector, word, math.sqrt(len(word)))
        for start in range(len(word) - GRAM + 1):
            _add(vector, "#" + word[start : start + GRAM], GRAM_WEIGHT)
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0.0:
        vector[0] = length = 1.0
    return [value / length for value in vector]


def _add(vector: list[float], feature: str, weight: float) -> None:
    digest = zlib.crc32(feature.encode())
    vector[digest % DIMENSION] += weight if digest & 0x80000000 else -weight


class Breaker:
    """Stops calling what keeps failing, and tries again after a while."""

    def __init__(self) -> None:
        self.failures = 0
        self.open_until = 0.0

    def check(self) -> None:
        """Raise EmbeddingDown while the circuit is open."""
        left = self.open_until - time.monotonic()
        if left > 0:
            raise EmbeddingDown(math.ceil(left))

    def record(self, *, success: bool) -> None:
        """Count an outcome."""
        self.failures = 0 if success else self.failures + 1
        if self.failures >= FAILURES_TO_OPEN:
            self.open_until = time.monotonic() + SECONDS_OPEN


class RemoteEmbedder:
    """An OpenAI-compatible embedding service, with a time limit, a retry and a circuit breaker."""

    name = "remote"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.breaker = Breaker()

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector per text; raise EmbeddingDown."""
        if not self.settings.embedding_url:
            raise EmbeddingDown
        import httpx  # noqa: PLC0415 - only this model needs a client, and it takes long to import

        vectors: list[Sequence[float]] = []
        timeout = self.settings.embedding_timeout_seconds
        async with httpx.AsyncClient(timeout=timeout, trust_env=False, headers=self._headers()) as client:
            for start in range(0, len(texts), BATCH):
                vectors += await self._batch(client, list(texts[start : start + BATCH]))
        return vectors

    def _headers(self) -> dict[str, str]:
        key = self.settings.embedding_key
        return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}

    async def _batch(self, client: httpx.AsyncClient, texts: list[str]) -> list[Sequence[float]]:
        for _ in range(ATTEMPTS):
            self.breaker.check()
            vectors = await self._call(client, texts)
            self.breaker.record(success=vectors is not None)
            if vectors is not None:
                return vectors
        raise EmbeddingDown

    async def _call(self, client: httpx.AsyncClient, texts: list[str]) -> list[Sequence[float]] | None:
        """Return the vectors, or None for any failure."""
        import httpx  # noqa: PLC0415

        body: dict[str, Any] = {"model": self.settings.embedding_name, "input": texts, "dimensions": DIMENSION}
        try:
            response = await client.post(f"{str(self.settings.embedding_url).rstrip('/')}/embeddings", json=body)
            response.raise_for_status()
            items = sorted(response.json()["data"], key=lambda item: item["index"])
            vectors: list[Sequence[float]] = [unit(item["embedding"]) for item in items]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None
        return vectors if len(vectors) == len(texts) else None


def unit(vector: Sequence[float]) -> list[float]:
    """Return a vector scaled to length one; raise ValueError unless it is one of ours."""
    values = [float(value) for value in vector]
    length = math.sqrt(sum(value * value for value in values))
    if len(values) != DIMENSION or not math.isfinite(length) or length == 0.0:
        raise ValueError(f"expected {DIMENSION} finite numbers that are not all zero, found {len(values)}")
    return [value / length for value in values]
