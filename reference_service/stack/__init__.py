"""The servers that the service stands on: PostgreSQL with pgvector, and Valkey, started for one process and gone with it."""

from __future__ import annotations

from reference_service.stack.containers import containers
from reference_service.stack.embedded import embedded
from reference_service.stack.servers import Servers, StackUnavailable

__all__ = ["Servers", "StackUnavailable", "containers", "embedded"]
