"""From what the command line decides to a session: everything that checks share, with nothing sent yet."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.client import Client
from harness.engine.breaking import Breaker
from harness.errors import ConfigurationError
from harness.evidence.journal import Journal
from harness.identities import Introductions, Vault
from harness.issuer import issuing
from harness.lab import Session
from harness.lab.ledger import Ledger
from harness.lab.production import foreign_write, is_production
from harness.openapi import match
from harness.policy import Budget, Origin, Policy
from harness.recording import Recorder
from harness.scenario import parse_scenario
from harness.transport import HttpTransport, RawTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.engine.options import Options


def open_session(options: Options) -> Session:
    """Return the session of a run; raises ConfigurationError for a URL or a secret that cannot be used."""
    scenario = options.scenario
    origin = Origin.parse(options.url)
    bounds = scenario.safety
    budget = Budget(requests=bounds.requests, seconds=bounds.seconds, per_second=bounds.per_second)
    policy = Policy(origin=origin, budget=budget, read_only="read-only" in options.allowed)
    recorder = Recorder()
    client = Client(
        policy=policy,
        recorder=recorder,
        http=HttpTransport(origin),
        raw=RawTransport(origin),
        afford=lambda user, count, purpose: session.afford(user, count, purpose),  # noqa: PLW0108 -- it is made below
    )
    vault = Vault(
        folder=options.folder,
        generated=options.generated,
        remember=lambda secret: _hide(options, secret),
    )
    session = Session(
        scenario=scenario,
        document=None,
        client=client,
        introductions=Introductions.build(scenario, vault, client, options.issuer),
        ledger=Ledger(Journal(options.journal)),
        seed=options.seed,
        profile=options.profile,
        sparing=options.sparing,
        service=options.service,
        allowed=options.allowed,
        production=is_production(scenario.target, origin.host),
    )
    if session.production:
        policy.guard = lambda request: foreign_write(scenario, session.ledger, request)
        recorder.watchers.append(Breaker(policy))
    policy.excluded = lambda method, target: _excluded(session, method, target)
    if options.tamper is not None:
        session.renewals.enabled = False  # who breaks the users on purpose wants them broken
        options.tamper(session)
    return session


def _hide(options: Options, secret: str) -> None:
    """Hide a secret from now on; refuse one without which the scenario could not be recorded as what it is."""
    options.redactor.add(secret)
    if secret and secret in options.scenario_text:
        try:
            parse_scenario(options.redactor.text(options.scenario_text), where="scenario.toml")
        except ConfigurationError as broken:
            message = "users: expected credentials that are no part of the scenario's own words, found one that is"
            raise ConfigurationError(f"{message}; give that user a longer, random one ({broken})") from None


@contextlib.asynccontextmanager
async def opened(options: Options) -> AsyncIterator[Session]:
    """Open a session without running anything: for commands that need users of a scenario."""
    with published(options) as known:
        session = open_session(known)
        try:
            yield session
        finally:
            await session.client.aclose()


@contextlib.contextmanager
def published(options: Options) -> Iterator[Options]:
    """Publish the keys that tokens of this scenario are signed with, unless whoever started the service does already.

    Raises ConfigurationError where nobody has told the service where the keys are.
    """
    minted = options.scenario.users.minted
    if options.issuer is not None or minted is None or minted.published is None:
        yield options
        return
    if not minted.published.port:
        raise ConfigurationError(
            "users.minted.published.port: expected the port of 127.0.0.1 from which the service fetches its keys;"
            " only a service that the harness starts (--serve) can be told a free one"
        )
    with issuing(minted) as issuer:
        yield replace(options, issuer=issuer)


def _excluded(session: Session, method: str, target: str) -> str | None:
    """Return why a request must not leave: its operation is excluded by the scenario."""
    excluded = session.scenario.target.exclude
    if not excluded or session.document is None:
        return None
    operation = match(session.document.operations, method, target)
    return f"{operation.id} is excluded by the scenario" if operation is not None and operation.id in excluded else None
