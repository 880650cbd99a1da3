"""From a document to resources with life cycles and to the ways users authenticate, each with its evidence."""

from harness.openapi.inference.infer import infer
from harness.openapi.inference.values import Inference, InferredResource, InferredUsers

__all__ = ["Inference", "InferredResource", "InferredUsers", "infer"]
