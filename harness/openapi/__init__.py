"""OpenAPI documents: what they promise, what changed, and what life cycles they describe."""

from harness.openapi.document import Document, parse_document
from harness.openapi.drift import Drift, drift
from harness.openapi.examples import NoExampleError, example
from harness.openapi.inference import Inference, InferredResource, InferredUsers, infer
from harness.openapi.matching import match
from harness.openapi.validation import validate

__all__ = [
    "Document",
    "Drift",
    "Inference",
    "InferredResource",
    "InferredUsers",
    "NoExampleError",
    "drift",
    "example",
    "infer",
    "match",
    "parse_document",
    "validate",
]
