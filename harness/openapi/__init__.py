"""OpenAPI documents: what they promise, what changed, and what life cycles they describe."""

from harness.openapi.document import Document, parse_document

__all__ = ["Document", "parse_document"]
