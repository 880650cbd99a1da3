"""PostgreSQL and Valkey in containers, for those who have an engine and want its images."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from reference_service.stack.servers import Servers, StackUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def containers() -> Iterator[Servers]:
    raise StackUnavailable("x")
    yield
