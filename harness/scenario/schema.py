"""What a scenario may say about one target: the schema of `scenarios/*.toml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

OperationId = Annotated[str, Field(pattern=r"^[A-Z]+ /\S*$", description='An operation: "METHOD /path/{template}"')]
SecretReference = Annotated[
    str,
    Field(
        pattern=r"^(env|file):[^|]+(\|(env|file):[^|]+)*$",
        description='Where a secret is, never the secret itself: "env:NAME" or "file:PATH"; '
        'of several, with "|" between, the first that is there',
    ),
]
VERBS = ("create", "read", "list", "search", "update", "delete", "action")
Pointer = Annotated[str, Field(pattern=r"^(/.*)?$", description="A JSON pointer (RFC 6901) into a response body")]


class Model(BaseModel):
    """Closed and frozen: an unknown key is an error, with its path."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class TargetSpec(Model):
    """Where the service is and how it describes itself; every path is relative to the base URL."""

    base_url: str | None = Field(None, description="Used when no URL is given on the command line")
    document: str | None = Field("/openapi.json", description="URL path or file of the OpenAPI document")
    ready: OperationId | None = Field(None, description="Answers 200 when the service can take traffic")
    version: OperationId | None = Field(None, description="Tells which build answers")
    expect: dict[str, str] = Field(
        default_factory=dict, description="JSON pointer into the version answer -> expected value"
    )
    metrics: OperationId | None = Field(None, description="Prometheus exposition, read before and after")
    baseline: str | None = Field(
        None, description="File of an OpenAPI document whose operations must still be there, unchanged"
    )
    environment: Literal["test", "staging", "production"] = "staging"
    public: list[OperationId] = Field(
        default_factory=list, description="Operations that need no credential, where the document does not say"
    )
    exclude: list[OperationId] = Field(default_factory=list, description="Operations that are never called")
    destructive: list[OperationId] = Field(
        default_factory=list,
        description="Operations that end the acting user, its sessions or shared state; never fuzzed",
    )


class Upload(Model):
    """One file of a multipart form."""

    filename: str = "file.txt"
    content: str
    content_type: str = "text/plain"


class Call(Model):
    """How to make one request. Strings may hold {marker}, {id}, {parent}, {user}, {nonce} and {limit}-like names."""

    operation: OperationId
    path: dict[str, str] = Field(
        default_factory=dict, description="Path parameter -> value; by default the last is {id}, the others {parent}"
    )
    query: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = Field(None, alias="json", description="JSON body")
    form: dict[str, str] | None = None
    multipart: dict[str, str | Upload] | None = None
    success: list[int] = Field(
        default_factory=list, description="Statuses of success; by default the 2xx that the document declares"
    )

    @model_validator(mode="after")
    def _one_body(self) -> Call:
        if sum(part is not None for part in (self.body, self.form, self.multipart)) > 1:
            message = "expected at most one of json, form and multipart"
            raise ValueError(message)
        return self


class CreateCall(Call):
    """A call that makes an object; `id` says where its identifier is."""

    id: str = Field(
        "/id", description='JSON pointer into the answer, or "location" for the last segment of that header'
    )


class Pagination(Model):
    """How to get the next page."""

    style: Literal["offset", "page", "cursor", "link"]
    parameter: str = Field("offset", description="Query parameter that moves on (offset, page, cursor)")
    limit: str | None = Field("limit", description="Query parameter for the size of a page")
    next: Pointer | None = Field(None, description="Where the next cursor or link is (cursor, link)")


class ListCall(Call):
    """A call that answers many objects."""

    items: Pointer = Field("", description="Where the array is")
    id: Pointer = Field("/id", description="Where the identifier is in one item")
    total: Pointer | None = Field(None, description="Where the count of all items is")
    pagination: Pagination | None = None


class ActionCall(Call):
    """A call on one object which is none of read, update, delete (publish, re-index, share...)."""

    name: str
    publishes: bool = Field(False, description="Whether everybody may read the object afterwards, by design")  # noqa: FBT003


class ResourceSpec(Model):
    """A thing that users own, and what can be done with it."""

    name: str
    parent: str | None = Field(None, description="Name of the resource it is nested below")
    settle: float = Field(0.0, ge=0, le=120, description="Seconds within which a write becomes visible to its owner")
    create: CreateCall | None = None
    create_public: CreateCall | None = Field(None, description="Creates an object that everybody may read, by design")
    read: Call | None = None
    listing: ListCall | None = Field(None, alias="list")
    search: ListCall | None = None
    update: list[Call] = Field(default_factory=list)
    delete: Call | None = None
    action: list[ActionCall] = Field(default_factory=list)
    owner_field: str | None = Field(
        None, description="Name under which the API calls the owner of an object, if it shows it"
    )
    unknown_id: str | None = Field(
        None, description="A well-formed identifier that nothing has; by default one of the same shape is made"
    )

    @property
    def verbs(self) -> frozenset[str]:
        """The verbs this resource has: create, read, list, search, update, delete, action."""
        return frozenset(verb for verb in VERBS if self.calls(verb))

    def calls(self, verb: str) -> tuple[Call, ...]:
        """Return the calls for a verb: none, one, or for update and action any number."""
        found = self.listing if verb == "list" else getattr(self, verb)
        return tuple(found) if isinstance(found, list) else () if found is None else (found,)


class Minted(Model):
    """Users whose tokens the harness signs itself."""

    algorithm: Literal["HS256", "HS384", "HS512", "RS256", "ES256"] = "HS256"
    secret: SecretReference = Field(description="Shared secret, or the PEM of a private key")
    key_id: str | None = None
    claims: dict[str, Any] = Field(description="Claims; strings may hold {user}, a fresh subject for each user")
    lifetime: int = Field(3600, ge=60, description="Seconds")
    max_lifetime: int | None = Field(
        None, description="Seconds a token may live at most, if the service declares a limit"
    )
    audience: str | None = Field(None, description="The audience the service requires, if any (else taken from claims)")
    issuer: str | None = None
    leeway: int = Field(60, ge=0, description="Seconds of clock skew that the service may tolerate")


class LoginSpec(Call):
    """How a user gets a credential: by a request that may use {username}, {password} and {user}."""

    credential: str = Field(description='"/pointer" into the answer, "cookie:NAME", or "header:NAME"')


class SignupSpec(Call):
    """How a fresh user is made. With `credential` no login follows."""

    credential: str | None = None
    subject: Pointer | None = Field(None, description="Where the new user's identifier is")


class Account(Model):
    """A user that exists, for a login."""

    username: str
    password: SecretReference


class CredentialSpec(Model):
    """Where a credential goes in a request."""

    header: str | None = "Authorization"
    cookie: str | None = None
    template: str = "Bearer {credential}"


class UsersSpec(Model):
    """Where users come from, in order of preference: minted, signup (with login), login of accounts, tokens."""

    credential: CredentialSpec = Field(default_factory=CredentialSpec)
    minted: Minted | None = None
    signup: SignupSpec | None = None
    login: LoginSpec | None = None
    accounts: dict[str, Account] = Field(default_factory=dict)
    tokens: dict[str, SecretReference] = Field(default_factory=dict)
    whoami: Call | None = Field(None, description="Answers who the user is")
    whoami_id: Pointer = "/id"
    privileged: list[OperationId] = Field(
        default_factory=list, description="Operations that plain users must not reach"
    )
    change_password: Call | None = Field(None, description="May use {password} and {new_password}")
    logout: Call | None = None
    delete_account: Call | None = None


class LimitHeaders(Model):
    """Names of the headers that tell about the quota."""

    limit: str | None = None
    remaining: str | None = None
    reset: str | None = None
    reset_is: Literal["epoch", "seconds"] = "epoch"
    retry_after: str = "Retry-After"


class LimitsSpec(Model):
    """The declared rate limit per user."""

    requests: int = Field(ge=1)
    window: float = Field(gt=0, description="Seconds in which `requests` refill")
    claims: dict[str, Any] = Field(
        default_factory=dict, description="Claims of a user with this limit, where users are minted"
    )
    probe: Call | None = Field(None, description="A cheap harmless request that costs one")
    free_statuses: list[int] = Field(default_factory=list, description="Statuses that cost nothing")
    headers: LimitHeaders = Field(default_factory=LimitHeaders)
    quota: int | None = Field(
        None, description="What an ordinary user of this run has in one window, if less is known than infinity"
    )

    @property
    def rate(self) -> float:
        """Requests that refill in a second."""
        return self.requests / self.window


class TracingSpec(Model):
    """The request id that every response carries."""

    header: str
    body: Pointer | None = Field(None, description="Where errors repeat it")
    echo: bool = Field(True, description="Whether a valid incoming id is echoed")  # noqa: FBT003


class ErrorsSpec(Model):
    """What every error body must hold."""

    fields: list[str] = Field(default_factory=list)
    media_type: str | None = None


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


class ServiceSpec(Model):
    """How the harness starts the service itself, for `make verify` without a URL and for calibration."""

    command: list[str] = Field(
        min_length=1, description='Prints "READY <url>"; {python} is this interpreter; flaws are added as --flaws a,b'
    )
    folder: str = Field(".", description="Where the command runs, relative to the scenario")
    environment: dict[str, str] = Field(default_factory=dict)
    generate: list[str] = Field(
        default_factory=list,
        description="Environment variables that get a fresh random secret, shared with env: references",
    )
    ready_within: float = Field(60.0, gt=0)


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


class SafetySpec(Model):
    """Bounds of a run."""

    requests: int = Field(20000, ge=1, description="Requests of one run, load and fuzzing included")
    per_second: float = Field(200.0, gt=0, description="Requests a second, load and bursts aside")
    seconds: float = Field(900.0, gt=0, description="Wall clock of one run")


class FuzzSpec(Model):
    """How the contract is fuzzed."""

    cases: int = Field(20, ge=1, le=10000, description="Examples for each operation")
    exclude: list[OperationId] = Field(default_factory=list)
    claims: dict[str, Any] = Field(default_factory=dict, description="Claims of the fuzz user, where users are minted")


class Scenario(Model):
    """Everything said about one target."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    description: str = ""
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
