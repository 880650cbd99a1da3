"""Everything said about one target."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from harness.scenario.schema.base import Model
from harness.scenario.schema.promises import ErrorsSpec, LimitsSpec, TracingSpec
from harness.scenario.schema.resources import ResourceSpec
from harness.scenario.schema.runs import CanaryPhase, FuzzSpec, LoadSpec, SafetySpec, WaiverSpec
from harness.scenario.schema.target import ServiceSpec, TargetSpec
from harness.scenario.schema.users import UsersSpec

FILE = re.compile(r"^[^/\\]+\.toml$")


class Scenario(Model):
    """Everything said about one target."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    description: str = ""
    extends: str | None = Field(
        None,
        pattern=FILE.pattern,
        description="A scenario in the same folder: each key of the top level that is not here is as it is there",
    )
    target: TargetSpec = Field(default_factory=TargetSpec)
    users: UsersSpec = Field(default_factory=UsersSpec)
    resource: list[ResourceSpec] = Field(default_factory=list)
    limits: LimitsSpec | None = None
    tracing: TracingSpec | None = None
    errors: ErrorsSpec | None = None
    load: LoadSpec | None = None
    fuzz: FuzzSpec | None = None
    safety: SafetySpec = Field(default_factory=SafetySpec)
    service: ServiceSpec | None = None
    gates: list[str] = Field(
        default_factory=list,
        description='Lines such as "success rate >= 99 %"; they replace the default of that metric',
    )
    waivers: list[WaiverSpec] = Field(default_factory=list)
    canary: list[CanaryPhase] = Field(default_factory=list)

    @field_validator("resource")
    @classmethod
    def _names_are_unique_and_parents_known(cls, resources: list[ResourceSpec]) -> list[ResourceSpec]:
        names = [resource.name for resource in resources]
        for resource in resources:
            if names.count(resource.name) > 1:
                message = f"two resources are called {resource.name!r}"
                raise ValueError(message)
            if resource.parent is not None and resource.parent not in names:
                message = f"resource {resource.name!r} has the parent {resource.parent!r}, expected one of {names}"
                raise ValueError(message)
        return resources
