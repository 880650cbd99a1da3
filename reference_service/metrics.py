"""What the service counts, for Prometheus; labels never hold user data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one service, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self.requests = Counter("http_requests", "Requests answered.", labels, registry=self.registry)
        self.durations = Histogram(
            "http_request_duration_seconds", "Time to answer.", labels, buckets=BUCKETS, registry=self.registry
        )
        self.uploads = self._counter("knowledge_uploads", "Files accepted.")
        self.indexings = self._counter("knowledge_indexings", "Files indexed.")
        self.indexing_failures = self._counter("knowledge_indexing_failures", "Files that could not be indexed.")
        self.searches = self._counter("knowledge_searches", "Searches answered.")
        self.search_cache_hits = self._counter("knowledge_search_cache_hits", "Searches answered from the cache.")
        self.limited = self._counter("rate_limit_429", "Requests refused by the limiter.")
        self.contexts_missing = self._counter("security_rls_missing", "Transactions begun without a user.")
        self.aad_mismatches = self._counter("security_aad_mismatch", "Ciphertexts that did not belong to their place.")
        self.token_failures = self._counter("security_jwt_validation_failures", "Requests refused by layer 1.")

    def _counter(self, name: str, meaning: str) -> Counter:
        return Counter(name, meaning, registry=self.registry)

    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self.requests.labels(route, method, status).inc()
        self.durations.labels(route, method, status).observe(seconds)

    def render(self) -> bytes:
        """Return the text that Prometheus scrapes."""
        return generate_latest(self.registry)
