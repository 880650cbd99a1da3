"""Services that the harness starts itself, by the command of their scenario."""

from harness.service.forking import forked
from harness.service.running import Service
from harness.service.starting import generate, serve

__all__ = ["Service", "forked", "generate", "serve"]
