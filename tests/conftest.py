"""What all tests share: how Hypothesis takes its time."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast a machine draws values is no property of ours: on a busy one a test would fail for that alone.
settings.register_profile("any-machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("any-machine")
