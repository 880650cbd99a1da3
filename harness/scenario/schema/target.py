"""Where the service is, how it describes itself, and how it is started."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from harness.scenario.schema.base import Model, OperationId


class TargetSpec(Model):
    """Where the service is and how it describes itself; every path is relative to the base URL."""

    base_url: str | None = Field(None, description="Used when no URL is given on the command line")
    document: str | None = Field(
        "/openapi.json", description='URL path or file of the OpenAPI document; "" where there is none'
    )
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
    production: list[str] = Field(
        default_factory=list,
        description='Hosts that are production, whatever `environment` says: "api.example.com", "*.example.com"',
    )
    public: list[OperationId] = Field(
        default_factory=list, description="Operations that need no credential, where the document does not say"
    )
    pool_size: int | None = Field(
        None,
        ge=1,
        description="Connections to its database that the service keeps at most; only where this is known is it known,"
        " too, that one of them has served two users",
    )
    origins: list[str] = Field(default_factory=list, description="Origins whose web pages may read answers (CORS)")
    exclude: list[OperationId] = Field(default_factory=list, description="Operations that are never called")
    destructive: list[OperationId] = Field(
        default_factory=list,
        description="Operations that end the acting user, its sessions or shared state; never fuzzed",
    )

    @field_validator("document")
    @classmethod
    def _none_for_empty(cls, value: str | None) -> str | None:
        return value or None


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
    flaws: str = Field(
        "",
        description="Which of the flaws that the command lists are tried on this service: those that need this (`needs`"
        " in --list-flaws --json), by default those that need nothing. With it, the service is another's in a mode of"
        " its own",
    )
    endpoints: str | None = Field(
        None,
        description="Option with a file name, to which the command writes what it depends on, as JSON:"
        ' {"processes": {"name": pid}, "app_database_url": "...", "database_url": "...", "serving": pid}; checks may'
        " freeze the processes for a moment, read the catalogue of the PostgreSQL database as the service's own role,"
        " and end what serves (SIGTERM), if something starts it anew at the same address",
    )
    forks: bool = Field(
        default=False,
        description='Whether the command takes --forks too: prints "FORKS <socket>", and starts a service for each'
        ' connection there, which sends {"flaws": "a,b", "flaws_from": folder, "endpoints": file} in one line (the last'
        " two may be null; with `endpoints` nothing that it depends on may be another's), reads its READY line and its"
        " log, and ends it by closing; calibration is much faster then",
    )
