"""What the service calls: object stores and embedding services."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from reference_service.embedding import DIMENSION, RemoteEmbedder, hashed, unit
from reference_service.errors import DependencyDown, EmbeddingDown, FileMissing, SettingsError
from reference_service.settings import Settings
from reference_service.storage import ObjectStorage, open_store
from tests.reference_service.running import KNOWLEDGE
from tests.reference_service.web_server import WebServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.reference_service.running import Running


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, Any]]:
    """A server that speaks S3, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    httpx.put(f"{url}/bodies", trust_env=False).raise_for_status()
    yield {
        "storage_url": "s3://bodies/here",
        "storage_endpoint": url,
        "storage_access_key": "a",
        "storage_secret_key": "b",
    }
    server.stop()


async def exercise(storage: ObjectStorage) -> None:
    """Put, get, overwrite, delete, and miss."""
    await storage.put("bodies/x", b"one")
    assert await storage.get("bodies/x") == b"one"
    await storage.put("bodies/x", b"two")
    assert await storage.get("bodies/x") == b"two"
    await storage.delete("bodies/x")
    await storage.delete("bodies/x")
    with pytest.raises(FileMissing):
        await storage.get("bodies/x")


async def test_bodies_are_kept_in_a_folder(tmp_path: Path) -> None:
    """By path and by address."""
    for address in (str(tmp_path / "a"), f"file://{tmp_path}/b"):
        await exercise(ObjectStorage(open_store(Settings(storage_url=address))))


async def test_bodies_are_kept_in_s3(s3: dict[str, Any]) -> None:
    """Through the same interface."""
    await exercise(ObjectStorage(open_store(Settings.model_validate(s3))))


def test_the_service_runs_on_s3(start: Callable[..., AbstractContextManager[Running]], s3: dict[str, Any]) -> None:
    """Upload, index, delete, and ready."""
    with start(**s3) as service:
        user = service.user()
        file_id = user.upload("in a bucket")
        assert user.wait_until_indexed(file_id)["status"] == "indexed"
        assert user.get("/ready").status_code == 200
        assert user.delete(f"{KNOWLEDGE}/files/{file_id}").status_code == 204


async def test_a_store_that_is_down_says_so(tmp_path: Path) -> None:
    """Not what it is, nor where."""
    storage = ObjectStorage(open_store(Settings(storage_url=str(tmp_path / "a"))))
    (tmp_path / "a").rmdir()
    (tmp_path / "a").write_text("a file in its place")
    with pytest.raises(DependencyDown):
        await storage.put("bodies/x", b"x")


def test_an_unknown_store_is_refused() -> None:
    """With the setting to change."""
    with pytest.raises(SettingsError, match="KNOWLEDGE_STORAGE_URL"):
        open_store(Settings(storage_url="ftp://host/folder"))


@given(st.text())
def test_local_vectors_have_length_one(text: str) -> None:
    """Whatever the text, the same vector every time."""
    vector = hashed(text)
    assert len(vector) == DIMENSION
    assert abs(sum(value * value for value in vector) - 1) < 1e-9
    assert vector == hashed(text)


class Embeddings:
    """A service that speaks the OpenAI protocol, or refuses."""

    def __init__(self) -> None:
        self.status = 200
        self.dimension = DIMENSION

    def answer(self, path: str, body: Any) -> tuple[int, Any]:
        """Return vectors in reversed order, each with its index."""
        assert path == "/v1/embeddings"
        vectors = [hashed(text)[: self.dimension] for text in body["input"]]
        items = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        return self.status, {"data": items[::-1]}


async def test_a_remote_service_embeds() -> None:
    """In batches, in order."""
    with WebServer(Embeddings().answer) as server:
        embedder = RemoteEmbedder(Settings(embedding_url=f"{server.url}/v1"))
        texts = [f"text {number}" for number in range(70)]
        assert await embedder.embed(texts) == [unit(hashed(text)) for text in texts]
        assert len(server.requests) == 2


async def test_a_failing_remote_service_is_left_alone() -> None:
    """One retry, then EMBEDDING_SERVICE_DOWN; while the circuit is open nothing is called; it closes again."""
    service = Embeddings()
    service.status = 500
    with WebServer(service.answer) as server:
        embedder = RemoteEmbedder(Settings(embedding_url=f"{server.url}/v1"))
        for _ in range(3):
            with pytest.raises(EmbeddingDown):
                await embedder.embed(["x"])
        assert len(server.requests) == 3
        service.status = 200
        with pytest.raises(EmbeddingDown) as caught:
            await embedder.embed(["x"])
        assert int((caught.value.headers or {})["Retry-After"]) >= 1
        assert len(server.requests) == 3
        embedder.breaker.open_until = 0.0
        assert len(await embedder.embed(["x"])) == 1


async def test_wrong_vectors_are_refused() -> None:
    """Another dimension is a failure of the service."""
    service = Embeddings()
    service.dimension = 3
    with WebServer(service.answer) as server, pytest.raises(EmbeddingDown):
        await RemoteEmbedder(Settings(embedding_url=f"{server.url}/v1")).embed(["x"])


async def test_a_silent_service_is_given_up() -> None:
    """Within its time limit."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(EmbeddingDown):
            await RemoteEmbedder(Settings(embedding_url=url, embedding_timeout_seconds=0.1)).embed(["x"])


def test_files_may_be_embedded_remotely(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """Such a file is found by its own vectors; while the service is down, 503 with a code of its own."""
    service = Embeddings()
    with WebServer(service.answer) as server, start(embedding_url=f"{server.url}/v1") as running:
        user = running.user()
        file_id = user.upload("embedded far away")
        user.wait_until_indexed(file_id)
        assert user.index(file_id, embedding_model="remote").json()["embedding_model_used"] == "remote"
        assert [hit["file_id"] for hit in user.search("far away")] == [file_id]
        service.status = 500
        down = user.index(file_id, embedding_model="remote")
        assert (down.status_code, down.json()["error_code"]) == (503, "EMBEDDING_SERVICE_DOWN")
        assert user.index(file_id).status_code == 200


async def test_without_a_remote_service_its_model_is_down() -> None:
    """A model that is not configured is not available."""
    with pytest.raises(EmbeddingDown):
        await RemoteEmbedder(Settings()).embed(["x"])
