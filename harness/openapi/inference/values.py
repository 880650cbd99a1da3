"""What an inference says: every claim with the sentence it rests on, and what was not understood with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

_WHO = "id user_id user/id data/id _id uuid sub username user_name login name email"
WHO = "|".join(f"/{name}" for name in _WHO.split())
"""Where an answer that no document describes may say who somebody is."""

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.scenario.schema import (
        Call,
        CredentialSpec,
        ErrorsSpec,
        LimitHeaders,
        LoginSpec,
        ResourceSpec,
        SignupSpec,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredResource:
    """A resource, and why each of its calls is thought to be what it is.

    `assumed` lists what rests on nothing but convention, so that it has to be proved by a round trip.
    """

    spec: ResourceSpec
    evidence: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """What may tell users who they are: the call, and where its answer names them."""

    call: Call
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredUsers:
    """How users authenticate and come to be, as far as the document tells; of who-am-I, the likeliest first.

    `carriers` are the other security schemes of the document, by name; `accounts` read an account that the path names,
    one's own among them.
    """

    credential: CredentialSpec | None = None
    carriers: tuple[tuple[str, CredentialSpec], ...] = ()
    login: LoginSpec | None = None
    signup: SignupSpec | None = None
    who_am_i: tuple[WhoAmI, ...] = ()
    accounts: tuple[WhoAmI, ...] = ()
    change_password: Call | None = None
    forgot_password: tuple[Call, ...] = ()
    logout: Call | None = None
    delete_account: Call | None = None
    privileged: tuple[str, ...] = ()
    account: tuple[Call, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """Everything inferred from one document; every operation is in `understood` or in `not_understood`.

    `understood` gives the role of each operation ("note: create", "log in"), `not_understood` the reason,
    `destructive` why an operation may end the acting user or its sessions; `excluded` are those that may end what
    everybody has, which nothing must call.
    """

    resources: tuple[InferredResource, ...] = ()
    users: InferredUsers = field(default_factory=InferredUsers)
    understood: Mapping[str, str] = field(default_factory=dict)
    not_understood: Mapping[str, str] = field(default_factory=dict)
    destructive: Mapping[str, str] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    ready: str | None = None
    version: str | None = None
    metrics: str | None = None
    limit_headers: LimitHeaders | None = None
    request_id: str | None = None
    errors: ErrorsSpec | None = None
    evidence: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of operations that were understood, 1.0 for a document without any."""
        total = len(self.understood) + len(self.not_understood)
        return len(self.understood) / total if total else 1.0
