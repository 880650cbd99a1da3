"""The load phase: users and objects of its own, a lease for the child, and what its samples say about stalls."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from harness import load, requests
from harness.client import phase
from harness.engine.phases import TAIL
from harness.expect import failed, inconclusive, passed
from harness.gates.load_gates import doubts_of
from harness.lab import BoundResource, Inconclusive, Lab, Owned
from harness.model import Identity, Outcome, Result
from harness.statistics import clopper_pearson, proportion_decision

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Exchange, LoadRun, Observation
    from harness.scenario.schema import LoadOperation, LoadSpec

QUICK_SECONDS, QUICK_REQUESTS = 10.0, 1000
"""The quick profile ends at the first of both: of more than a thousand requests it learns little, whatever the rate."""
OBJECTS = 3
CONFIDENT = 0.999


async def prepare(session: Session) -> load.Lease:
    """Return the lease of the load that the scenario describes, with users and objects made for it."""
    spec = session.scenario.load
    assert spec is not None  # noqa: S101 -- the plan asks for "load" only where there is one
    token = phase.set("load")
    try:
        return await _lease(Lab(session=session, check_id=TAIL.id, random=random.Random(session.seed)), spec)
    finally:
        phase.reset(token)


async def run_load(
    session: Session, prepared: load.Lease | BaseException, generators: dict[str, Identity], child: load.Child | None
) -> tuple[LoadRun | None, Result]:
    """Carry out the lease in the child, or raise what kept it from being prepared; Inconclusive is a result."""
    if isinstance(prepared, Inconclusive):
        return None, Result(check=TAIL, observations=(inconclusive("load", prepared.reason, prepared.sentence),))
    if isinstance(prepared, BaseException):
        raise prepared
    spec = session.scenario.load
    assert spec is not None  # noqa: S101 -- it was prepared
    generators |= {identity.name: identity for identity in prepared.identities}
    session.client.policy.budget.debit(prepared.cap)
    done = await load.run(prepared, child, on_exchange=session.client.recorder.record)
    return done, Result(check=TAIL, observations=(tail(done, spec),), seconds=done.seconds, requests=len(done.samples))


def tail(run: LoadRun, spec: LoadSpec) -> Observation:
    """Judge the share of arrivals that stall: unanswered, or over `spec.stall` seconds after the intended start."""
    sent = [sample for sample in run.samples if sample.kind != "limited"]
    slow = sum(not sample.ok or sample.done is None or sample.done - sample.intended > spec.stall for sample in sent)
    said = f"{slow} of {len(sent)} requests took longer than {spec.stall:g} s"
    doubts = doubts_of(run)
    if doubts or not sent:
        return inconclusive("stalls", "generator", f"the load generator was not honest: {doubts or 'it sent nothing'}")
    low, _ = clopper_pearson(slow, len(sent), confidence=CONFIDENT)
    limit = spec.stall_share
    if low > limit:
        return failed("stalls", f"{said}, at least {low:.2%} with {CONFIDENT:.1%} confidence; at most {limit:.2%} may")
    judged = proportion_decision(len(sent) - slow, len(sent), limit=1 - limit, confidence=0.95, minimum=1)
    if judged.outcome is Outcome.PASSED:
        return passed("stalls", f"{said}; at most {limit:.2%} may")
    return inconclusive("stalls", "underpowered", f"{said}; that settles nothing about {limit:.2%}, load for longer")


async def _lease(lab: Lab, spec: LoadSpec) -> load.Lease:
    users = await _users(lab, spec)
    shots: list[load.Shot] = []
    for operation in spec.mix:
        for user in users:
            shots += await _shots(lab, operation, user, spec)
    origin = lab.session.client.policy.origin
    quick = min(spec.seconds, QUICK_SECONDS, QUICK_REQUESTS / spec.rate)
    seconds = quick if lab.session.profile == "quick" else max(spec.seconds, 60.0)
    markers = lab.session.markers
    return load.Lease(
        base_url=origin.url + origin.prefix,
        shots=tuple(shots),
        identities=tuple(users),
        rate=spec.rate,
        seconds=seconds,
        cap=int(spec.rate * seconds) + len(shots),
        seed=lab.session.seed,
        timeout=spec.timeout,
        foreign={
            user.name: tuple(form for marker, _ in markers.foreign(lab.key(user)) for form in marker.forms[:1])
            for user in users
        },
    )


async def _users(lab: Lab, spec: LoadSpec) -> list[Identity]:
    """Return users that nobody else has, else, where there are no new ones or no longer, those of the run."""
    introductions = lab.session.introductions
    if introductions.fresh:
        try:
            return [await lab.new_user(f"load{number}", spec.claims) for number in range(1, spec.users + 1)]
        except Inconclusive:
            if introductions.fresh:
                raise
    return list(await lab.users(min(2, len(introductions.names))))


async def _shots(lab: Lab, operation: LoadOperation, user: Identity, spec: LoadSpec) -> list[load.Shot]:
    resource = lab.resource(operation.resource)
    if operation.verb == "create":
        return [_creation(lab, resource, user, operation.weight / spec.users)]
    objects = [await resource.create(user) for _ in range(OBJECTS)]
    made = []
    for owned in objects:
        view = await resource.seen(user, owned, operation.verb) if operation.verb != "update" else None
        if view is not None and not view.found:
            raise lab.no_control(f"{user.name} does not find an own {resource.name} by {operation.verb}", view.last)
        made.append(
            _shot(resource, owned, operation, view.last if view else None, operation.weight / OBJECTS / spec.users)
        )
    return made


def _shot(
    resource: BoundResource, owned: Owned, operation: LoadOperation, seen: Exchange | None, weight: float
) -> load.Shot:
    call = resource.spec.calls(operation.verb)[0]
    request = seen.request if seen is not None else resource.request("update", owned)
    shows = seen is not None and owned.marker.in_bytes(seen.body)
    return load.Shot(
        operation=call.operation,
        request=request,
        user=owned.owner.name,
        success=frozenset(call.success or resource.lab.declared_success(call.operation)),
        must_contain=owned.marker.witness.encode() if shows else None,
        weight=weight,
    )


def _creation(lab: Lab, resource: BoundResource, user: Identity, weight: float) -> load.Shot:
    call = resource.spec.calls("create")[0]
    marker = lab.session.markers.issue(lab.key(user))
    variables = {
        "marker": f"{marker.text} {load.ARRIVAL}",
        "query": marker.query,
        "nonce": load.ARRIVAL,
        **requests.naming(user),
    }
    return load.Shot(
        operation=call.operation,
        request=requests.build(call, variables, ()),
        user=user.name,
        success=frozenset(call.success or lab.declared_success(call.operation)),
        keep=True,
        weight=weight,
    )
