"""What a scenario may say about one target: the schema of `scenarios/*.toml`."""

from harness.scenario.schema.base import Model, OperationId, Pointer, SecretReference
from harness.scenario.schema.calls import ActionCall, Call, CreateCall, ListCall, Pagination, Upload
from harness.scenario.schema.promises import ErrorsSpec, LimitHeaders, LimitsSpec, TracingSpec
from harness.scenario.schema.resources import VERBS, ResourceSpec
from harness.scenario.schema.runs import CanaryPhase, FuzzSpec, LoadOperation, LoadSpec, SafetySpec, WaiverSpec
from harness.scenario.schema.scenario import Scenario
from harness.scenario.schema.target import ServiceSpec, TargetSpec
from harness.scenario.schema.users import Account, CredentialSpec, LoginSpec, Minted, Published, SignupSpec, UsersSpec

__all__ = [
    "VERBS",
    "Account",
    "ActionCall",
    "Call",
    "CanaryPhase",
    "CreateCall",
    "CredentialSpec",
    "ErrorsSpec",
    "FuzzSpec",
    "LimitHeaders",
    "LimitsSpec",
    "ListCall",
    "LoadOperation",
    "LoadSpec",
    "LoginSpec",
    "Minted",
    "Model",
    "OperationId",
    "Pagination",
    "Pointer",
    "Published",
    "ResourceSpec",
    "SafetySpec",
    "Scenario",
    "SecretReference",
    "ServiceSpec",
    "SignupSpec",
    "TargetSpec",
    "TracingSpec",
    "Upload",
    "UsersSpec",
    "WaiverSpec",
]
