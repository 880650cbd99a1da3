"""How hard a run may try, and what its findings and its decision lead to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from harness.scenario.schema.base import Model, OperationId


class LoadOperation(Model):
    """One operation of the load mix, with its share."""

    resource: str
    verb: Literal["create", "read", "list", "search", "update"]
    weight: float = Field(1.0, gt=0)


class LoadSpec(Model):
    """The load that the p95 and success gates are decided on."""

    rate: float = Field(20.0, gt=0, le=10000, description="Requests a second, all operations together")
    seconds: float = Field(60.0, gt=0, le=3600)
    users: int = Field(4, ge=1, le=1000)
    timeout: float = Field(10.0, gt=0)
    stall: float = Field(1.0, gt=0, description="Seconds from which a request counts as stalled")
    stall_share: float = Field(0.005, gt=0, lt=1, description="Share of requests that may stall")
    mix: list[LoadOperation] = Field(min_length=1)
    claims: dict[str, Any] = Field(default_factory=dict, description="Claims of load users, where users are minted")


class FuzzSpec(Model):
    """How the contract is fuzzed."""

    cases: int = Field(20, ge=1, le=10000, description="Examples for each operation")
    exclude: list[OperationId] = Field(default_factory=list)
    claims: dict[str, Any] = Field(default_factory=dict, description="Claims of the fuzz user, where users are minted")


class SafetySpec(Model):
    """Bounds of a run."""

    requests: int = Field(20000, ge=1, description="Requests of one run, load and fuzzing included")
    per_second: float = Field(200.0, gt=0, description="Requests a second, load and bursts aside")
    seconds: float = Field(900.0, gt=0, description="Wall clock of one run")


class WaiverSpec(Model):
    """A finding that somebody accepts for a time."""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{6,16}$")
    reason: str = Field(min_length=10)
    owner: str
    expires: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")


class CanaryPhase(Model):
    """One step of the rollout, with what sends it back."""

    share: float = Field(gt=0, le=100, description="Per cent of traffic")
    minutes: float = Field(gt=0)
    error_budget: int | None = None
    rollback: str = Field(description="The condition, in one line")
