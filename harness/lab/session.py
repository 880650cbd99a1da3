"""What all checks of one run share, and what the scenario offers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from harness.client import phase
from harness.identities import Renewals
from harness.lab.markers import Markers
from harness.lab.production import WITHHELD
from harness.lab.quota import Quota
from harness.openapi import match
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.client import Client
    from harness.identities import Introductions
    from harness.lab.ledger import Ledger
    from harness.model import Identity, Needs, Operation, Request
    from harness.openapi import Document
    from harness.scenario import Scenario
    from harness.service import Service

CLEANUP = "cleanup"
GENERATORS = frozenset({"fuzz", "load"})


@dataclass(kw_only=True)
class Session:
    """What all checks of one run share."""

    scenario: Scenario
    document: Document | None
    client: Client
    introductions: Introductions
    ledger: Ledger
    seed: int
    profile: str
    sparing: bool = False
    markers: Markers = field(default_factory=Markers)
    quota: Quota = field(default_factory=Quota)
    service: Service | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    production: bool = False
    claims: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    aside: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    """Resources that cannot be created as the scenario says: what checks may ask of them, and what came of it."""
    private_reads: tuple[str, ...] | None = None
    """Plain reads of the document that are private, once that was looked for."""
    own_reads: dict[str, Request] = field(default_factory=dict)
    """By user: the read of the first object of theirs, a control where a scenario has no other."""
    genuine: set[str] = field(default_factory=set)
    """Users whose objects were seen to be kept."""
    latest: object = None
    """What watchers have made of the latest exchange, each of them for the others."""
    renewals: Renewals = field(init=False)
    _matched: dict[tuple[str, str], Operation | None] = field(default_factory=dict)
    _scope: tuple[Document, tuple[str, ...], tuple[Operation, ...]] | None = None
    """The operations in scope, of which document, and without which."""

    def __post_init__(self) -> None:
        """Keep the users alive for as long as the session lasts."""
        self.renewals = Renewals(introductions=self.introductions)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the document that are in scope."""
        if self.document is None:
            return ()
        known, excluded = self._scope, tuple(self.scenario.target.exclude)
        if known is None or known[0] is not self.document or known[1] != excluded:
            inside = tuple(operation for operation in self.document.operations if operation.id not in excluded)
            known = self._scope = (self.document, excluded, inside)
        return known[2]

    def operation_of(self, request: Request) -> Operation | None:
        """Return the operation of the document that a request belongs to, with its very method; None for any other.

        Where another path of the document fits more closely, without this method, routers differ: then None, too.
        """
        key = (request.method, request.target.partition("?")[0])
        if key not in self._matched:
            found = match(self.operations, *key)
            exact = found is not None and found.method == request.method
            closer = {each.path for each in self.operations if each.path == key[1]} - {found.path if found else ""}
            self._matched[key] = found if exact and not closer else None
        return self._matched[key]

    @property
    def features(self) -> frozenset[str]:
        """The names of everything that is offered, for `Needs.features`."""
        scenario = self.scenario
        offered = {
            "minter": self.introductions.minter is not None,
            "fresh-users": self.introductions.fresh,
            "key-changes": (issuer := self.introductions.issuer) is not None and issuer.where.refresh is not None,
            "document": self.document is not None and not self.document.recorded,
            "limits": scenario.limits is not None,
            "limit-headers": scenario.limits is not None and scenario.limits.headers.remaining is not None,
            "small-limit": scenario.limits is not None and (self.introductions.fresh or "drain" in self.allowed),
            "tracing": scenario.tracing is not None,
            "errors": scenario.errors is not None,
            "load": scenario.load is not None and (self.introductions.fresh or "load" in self.allowed),
            "fuzz": self.document is not None
            and not self.document.recorded
            and scenario.fuzz is not None
            and (self.introductions.fresh or "fuzz" in self.allowed),
            "ready": scenario.target.ready is not None,
            "version": scenario.target.version is not None,
            "metrics": scenario.target.metrics is not None,
            "whoami": scenario.users.whoami is not None,
            "guarded": scenario.users.whoami is not None or any(each.create for each in scenario.resource),
            "privileged": bool(scenario.users.privileged),
            "login": scenario.users.login is not None,
            "passwords": scenario.users.login is not None and scenario.users.signup is not None,
            "change-password": scenario.users.change_password is not None,
            "forgot-password": bool(scenario.users.forgot_password),
            "lockout": scenario.users.lockout is not None,
            "account": bool(scenario.users.account),
            "logout": scenario.users.logout is not None,
            "delete-account": scenario.users.delete_account is not None,
            "public-objects": any(resource.create_public for resource in scenario.resource),
            "plenty": self.introductions.fresh or "load" in self.allowed,
            "nested": any(resource.parent for resource in scenario.resource),
            "database": self.service is not None
            and {"app_database_url", "database_url"} <= set(self.service.databases)
            and find_spec("asyncpg") is not None,
            "log": self.service is not None,
            "restarts": self.service is not None and self.service.restarts,
            "processes": self.service is not None and bool(self.service.processes),
            "baseline": scenario.target.baseline is not None,
            "expected-build": scenario.target.version is not None and bool(scenario.target.expect),
            "uploads": any(each.create is not None and each.create.multipart for each in scenario.resource),
            "upload-limit": any(each.max_upload is not None for each in scenario.resource),
        }
        return frozenset(name for name, yes in offered.items() if yes) - (WITHHELD if self.production else frozenset())

    def afford(self, user: Identity, count: int, purpose: str) -> None:
        """Account for requests of a user; raise Inconclusive where its quota does not afford them.

        What the cleanup needs is reserved, and generators were allowed what they use.
        """
        if self.quota.scarce and purpose != CLEANUP and phase.get() not in GENERATORS:
            reserved = self.ledger.owned_by(user) + (purpose == "create")
            self.quota.spend(user.name, count, reserved=reserved)

    def not_offered(self, needs: Needs) -> str | None:
        """Return what a check needs and the scenario does not offer, as a sentence; None if it has everything."""
        missing = [name for name in needs.features if name not in self.features]
        if self.production and (needs.drains or not WITHHELD.isdisjoint(missing)):
            return "is not done where real users are"
        if missing:
            return f"needs {', '.join(missing)}, which the scenario does not offer"
        if needs.users > len(self.introductions.names):
            return f"needs {needs.users} users, {len(self.introductions.names)} are offered"
        below = "nested" in needs.features
        able = [one.abilities for one in self.scenario.resource if one.parent is not None or not below]
        if needs.operations and not any(set(needs.operations) <= abilities for abilities in able):
            verbs = ", ".join("read or list" if verb == LOOK else verb for verb in needs.operations)
            return f"needs a resource {'below another ' * below}with {verbs}, the scenario has none"
        if needs.drains and not self.introductions.fresh and "drain" not in self.allowed:
            return "would use up the quota of the given users (--allow drain permits it)"
        return None
