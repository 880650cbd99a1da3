"""PostgreSQL and Valkey in containers, for those who have an engine and its images (extra `containers`)."""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reference_service.stack.process import free_port
from reference_service.stack.servers import Servers, StackUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from testcontainers.core.container import DockerContainer

POSTGRES_IMAGE = "pgvector/pgvector:pg18"
VALKEY_IMAGE = "valkey/valkey:9.1"
# The password goes through the environment and the standard input, so that no process list shows it. Nothing is
# stored, so any account will do.
VALKEY_COMMAND = ["sh", "-c", 'exec valkey-server - <<END\nrequirepass $PASSWORD\nsave ""\nappendonly no\nEND\n']
VALKEY_USER = "65534"
# The start-up message without its length; once connections are taken, the answer asks for a password.
POSTGRES_HELLO = b"\x00\x03\x00\x00user\x00postgres\x00\x00"
READY_SECONDS = 60.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A server in a container, bound to one port of loopback for as long as it exists."""

    container: DockerContainer
    greeting: bytes = field(repr=False)
    answer: bytes
    port: int

    @property
    def pid(self) -> None:
        """No process of ours: the engine freezes containers."""

    def start(self) -> None:
        """Start it again and wait until it answers."""
        self.container.get_wrapped_container().start()
        self.wait()

    def stop(self) -> None:
        """Stop it; the container and its data stay."""
        self.container.get_wrapped_container().stop()

    def wait(self) -> None:
        """Wait until it answers a greeting as it should.

        Raises:
            StackUnavailable: if it does not in time.

        """
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise StackUnavailable(
                    f"The container of {self.container.image} did not answer in {READY_SECONDS:.0f} s."
                )
            time.sleep(POLL_SECONDS)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0) as connection:
            connection.sendall(self.greeting)
            return connection.recv(16).startswith(self.answer)
        return False


@contextmanager
def containers(*, postgres_image: str = POSTGRES_IMAGE, valkey_image: str = VALKEY_IMAGE) -> Iterator[Servers]:
    """Start both servers in containers, on loopback, with generated passwords; remove them at the end.

    Raises:
        StackUnavailable: without the extra, an engine, or the images; with the reason.

    """
    postgres_password, redis_password = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    with ExitStack() as cleanup:
        postgres = _run(
            cleanup,
            lambda new: new(postgres_image).with_env("POSTGRES_PASSWORD", postgres_password),
            inner_port=5432,
            greeting=(len(POSTGRES_HELLO) + 4).to_bytes(4, "big") + POSTGRES_HELLO,
            answer=b"R",
        )
        redis = _run(
            cleanup,
            lambda new: (
                new(valkey_image)
                .with_env("PASSWORD", redis_password)
                .with_command(VALKEY_COMMAND)
                .with_kwargs(user=VALKEY_USER)
            ),
            inner_port=6379,
            greeting=f"AUTH {redis_password}\r\n".encode(),
            answer=b"+OK",
        )
        yield Servers(
            admin_url=f"postgresql://postgres:{postgres_password}@127.0.0.1:{postgres.port}/postgres",
            redis_url=f"redis://:{redis_password}@127.0.0.1:{redis.port}/0",
            members={"postgres": postgres, "redis": redis},
        )


def _run(
    cleanup: ExitStack,
    describe: Callable[[type[DockerContainer]], DockerContainer],
    *,
    inner_port: int,
    greeting: bytes,
    answer: bytes,
) -> Contained:
    """Run a container until the clean-up, with its port bound to a free one of loopback, and wait until it answers."""
    port = free_port()
    try:
        from docker.errors import DockerException  # noqa: PLC0415 - the extra may be missing
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415
    except ImportError:
        raise StackUnavailable(
            "Containers need the extra 'containers' (testcontainers), which is not installed."
        ) from None
    try:
        container = describe(DockerContainer)
        # Docker takes an address too; without one it would listen on all of them.
        container.ports[str(inner_port)] = ("127.0.0.1", port)  # type: ignore[assignment]
        cleanup.enter_context(container)
    except DockerException as error:
        raise StackUnavailable(f"The container engine cannot run the servers: {error}") from error
    server = Contained(container=container, greeting=greeting, answer=answer, port=port)
    server.wait()
    return server
