"""The Knowledge API: a sound multi-user service that the harness is calibrated against, and a model to copy from."""

from __future__ import annotations

__version__ = "1.0.0"
