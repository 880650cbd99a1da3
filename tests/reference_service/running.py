"""A service that runs in a thread of the tests, on real servers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import httpx
import uvicorn

from reference_service import provision
from reference_service.assembly import assemble
from reference_service.settings import Settings
from reference_service.tokens import mint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reference_service.seeding import Flaw
    from reference_service.stack import Servers

KNOWLEDGE = "/api/v1/knowledge"
MEMORY = "/api/v1/memory"
SECRET = secrets.token_urlsafe(48)
KEY = base64.b64encode(bytes(range(32))).decode()
SECONDS_TO_START = 15.0
SECONDS_TO_INDEX = 10.0


class User(httpx.Client):
    """A user with a token of its own."""

    def __init__(self, url: str, token: str, name: str) -> None:
        super().__init__(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False)
        self.name = name

    def upload(self, text: str | bytes = "some words", name: str = "note.txt", **fields: Any) -> str:
        """Upload a file and return its id."""
        response = self.post(f"{KNOWLEDGE}/upload", files={"file": (name, text)}, data=fields)
        assert response.status_code == 202, response.text
        return str(response.json()["file_id"])

    def index(self, file_id: str, **options: Any) -> httpx.Response:
        """Index a file at once."""
        return self.post(f"{KNOWLEDGE}/index", json={"file_id": file_id, **options})

    def search(self, query: str, **options: Any) -> list[dict[str, Any]]:
        """Return the results of a search."""
        response = self.post(f"{KNOWLEDGE}/search", json={"query": query, **options})
        assert response.status_code == 200, response.text
        results: list[dict[str, Any]] = response.json()["results"]
        return results

    def files(self) -> list[str]:
        """Return the ids of the files."""
        response = self.get(f"{KNOWLEDGE}/files", params={"limit": 100})
        assert response.status_code == 200, response.text
        return [file["file_id"] for file in response.json()["files"]]

    def wait_until_indexed(self, file_id: str) -> dict[str, Any]:
        """Wait for the background worker and return the file."""
        deadline = time.monotonic() + SECONDS_TO_INDEX
        while time.monotonic() < deadline:
            file: dict[str, Any] = self.get(f"{KNOWLEDGE}/files/{file_id}").json()
            if file["status"] != "queued":
                return file
            time.sleep(0.02)
        raise AssertionError("the file was not indexed in time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A service that answers."""

    url: str
    settings: Settings
    admin_url: str
    clients: contextlib.ExitStack

    def token(self, name: str = "", tier: str = "enterprise", lifetime: int = 600) -> str:
        """Sign a token."""
        return mint(self.settings, SECRET, name or f"user-{uuid4()}", tier, lifetime)

    def user(self, name: str = "", tier: str = "enterprise") -> User:
        """Return a user, a new one unless it is named."""
        name = name or f"user-{uuid4()}"
        return self.clients.enter_context(User(self.url, self.token(name, tier), name))

    def visitor(self) -> httpx.Client:
        """Return somebody without a token."""
        return self.clients.enter_context(httpx.Client(base_url=self.url, timeout=30, trust_env=False))

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run SQL as the administrator, whom no policy binds."""
        return asyncio.run(query(self.admin_url, statement, *values))

    @property
    def app_url(self) -> str:
        """The address of the database as the service uses it."""
        assert self.settings.app_database_url
        return self.settings.app_database_url.get_secret_value()

    def sql_as_service(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run SQL as the role of the service."""
        return asyncio.run(query(self.app_url, statement, *values))

    def metric(self, name: str) -> float:
        """Return the value of a metric without labels."""
        lines = httpx.get(f"{self.url}/metrics", trust_env=False).text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


async def query(url: str, statement: str, *values: Any) -> list[dict[str, Any]]:
    """Run one statement and return its rows."""
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


@contextlib.contextmanager
def running(
    servers: Servers, template: str, folder: Path, flaws: Sequence[Flaw] = (), **values: Any
) -> Iterator[Running]:
    """Serve from a fresh database until the block ends."""
    name = f"test_{secrets.token_hex(6)}"
    admin_url = asyncio.run(provision.create_database(servers.admin_url, name, template))
    ready = asyncio.run(provision.provision(admin_url, None, [flaw.ddl for flaw in flaws if flaw.ddl]))
    chosen: Mapping[str, Any] = {
        "database_url": admin_url,
        "app_database_url": ready.app_url,
        "redis_url": servers.redis_url,
        "redis_prefix": name,
        "encryption_keys": f"k1:{KEY}",
        "storage_url": str(folder / name),
        "max_upload_bytes": 1024 * 1024,
        "tiers": "free=100/3600s,pro=1000/3600s,enterprise=10000/3600s,test=20/20s,tiny=3/3600s,score=20/3600s",
        "pool_size": 4,
        "log_level": "error",
        **({} if "jwks_url" in values else {"jwt_secret": SECRET}),
        **values,
    }
    settings = Settings.model_validate(chosen)
    with serving(assemble(settings, flaws)) as url, contextlib.ExitStack() as clients:
        yield Running(url=url, settings=settings, admin_url=admin_url, clients=clients)


@contextlib.contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI application from a thread."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, proxy_headers=False, ws="none", loop="asyncio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + SECONDS_TO_START
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.005)
    try:
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
