"""The servers below the service, PostgreSQL with pgvector and Valkey: started for one process and gone with it."""

from __future__ import annotations

from reference_service.stack.docker import containers
from reference_service.stack.local import embedded
from reference_service.stack.servers import Servers, StackUnavailable

__all__ = ["Servers", "StackUnavailable", "containers", "embedded"]
