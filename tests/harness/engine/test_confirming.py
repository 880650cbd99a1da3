"""What a probe finds is proof, or comes back with fresh users, or stays open: few false alarms, and nothing hidden."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness import engine
from harness.engine.confirming import confirmed
from harness.engine.probe import run_probe
from harness.expect import failed, inconclusive, isolation_cell, passed
from harness.lab import Inconclusive
from harness.model import Basis, Decision, Needs, Outcome
from tests.harness.bench import options, probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from harness.lab import Lab, Session
    from harness.model import Check, Observation, Result
    from tests.harness.notebook import Notebook

BAD, GOOD = failed("thing", "it is broken", users=("alice",)), passed("thing", "it is fine", users=("alice",))
OPEN = inconclusive("thing", "no-control", "nobody can tell", users=("alice",))
GIVEN = 'name = "notebook"\n[users.tokens]\nalice = "env:ALICE"\nbob = "env:BOB"\n'


def saying(*turns: Sequence[Observation | Exception]) -> Callable[[Lab], AsyncIterator[Observation]]:
    """Return a probe that observes other things each time it runs."""
    left = list(turns)

    async def run(_lab: Lab) -> AsyncIterator[Observation]:
        for each in left.pop(0):
            if isinstance(each, Exception):
                raise each
            yield each

    return run


async def result_of(check: Check, session: Session) -> Result:
    """Run a probe as a run does."""
    return await confirmed(await run_probe(check, session), session)


@pytest.mark.parametrize(
    ("turns", "outcomes", "basis"),
    [
        pytest.param([[GOOD]], [Outcome.PASSED], None, id="what passes runs once"),
        pytest.param([[OPEN]], [Outcome.INCONCLUSIVE], None, id="what is open runs once"),
        pytest.param([[BAD], [BAD]], [Outcome.FAILED], Basis.REPEATED, id="two of two"),
        pytest.param([[BAD], [GOOD]], [Outcome.INCONCLUSIVE], None, id="gone"),
        pytest.param([[BAD], [OPEN]], [Outcome.INCONCLUSIVE], None, id="open the second time"),
        pytest.param([[BAD], []], [Outcome.INCONCLUSIVE], None, id="not seen again"),
        pytest.param([[BAD], [KeyError("x")]], [Outcome.INCONCLUSIVE], None, id="broken the second time"),
        pytest.param([[BAD], [Inconclusive("quota", "429")]], [Outcome.FAILED], Basis.ONCE, id="no quota"),
        pytest.param(
            [[BAD], [GOOD, Inconclusive("quota", "429")]], [Outcome.INCONCLUSIVE], None, id="gone, then no quota"
        ),
    ],
)
async def test_an_inference_is_reported_when_it_comes_back(
    url: str,
    notebook: Notebook,
    turns: list[list[Observation | Exception]],
    outcomes: list[Outcome],
    basis: Basis | None,
) -> None:
    """Two of two; what is seen once of two is open, never passed; and without quota it is told with that caveat."""
    async with engine.opened(options(url, notebook)) as session:
        result = await result_of(probe("family/check", saying(*turns)), session)
    assert [each.outcome for each in result.observations] == outcomes
    assert result.observations[0].basis == basis
    if result.outcome is Outcome.INCONCLUSIVE and len(turns) > 1:
        assert result.observations[0].reason == "flaky"
    if basis is Basis.ONCE:
        assert result.observations[0].sentence == "it is broken (not confirmed: quota)"


async def test_what_only_the_second_run_finds_is_open_too(url: str, notebook: Notebook) -> None:
    """It is one of two as well, and does not vanish behind what passed first."""
    other = failed("other", "it is broken, too")
    async with engine.opened(options(url, notebook)) as session:
        result = await result_of(probe("family/check", saying([BAD, passed("other", "fine")], [BAD, other])), session)
    assert [(each.subject, each.outcome, each.reason) for each in result.observations] == [
        ("thing", Outcome.FAILED, None),
        ("other", Outcome.PASSED, None),
        ("other", Outcome.INCONCLUSIVE, "flaky"),
    ]


async def test_a_run_until_something_is_found_ends_with_it(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """The second run goes on to what the first has found, and not further; what has not begun does not begin."""
    said: list[str] = []

    async def run(_lab: Lab) -> AsyncIterator[Observation]:
        for name, seen in (("fine", passed("fine", "fine")), ("thing", BAD), ("last", failed("last", "not reached"))):
            said.append(name)
            yield seen

    async def idle(_lab: Lab) -> AsyncIterator[Observation]:
        yield passed("idle", "this one ran")

    only_these(probe("family/check", run), probe("family/other", idle))
    ended = await engine.verify(options(url, notebook, until_found=True, concurrency=1))
    assert said == ["fine", "thing"] * 2
    last = {result.check.id: result.observations[-1] for result in ended.results}
    assert (last["family/check"].outcome, last["family/check"].basis) == (Outcome.FAILED, Basis.REPEATED)
    assert (last["family/other"].outcome, last["family/other"].reason) == (Outcome.INCONCLUSIVE, "not-run")


async def test_the_second_run_has_users_and_objects_of_its_own(url: str, notebook: Notebook) -> None:
    """It is independent: what the first one has left behind cannot make it fail."""
    subjects: list[str | None] = []

    async def run(lab: Lab) -> AsyncIterator[Observation]:
        alice, bob = await lab.two_users()
        subjects.extend([alice.subject, bob.subject])
        owned = await lab.resource("thing").create(alice)
        yield failed("thing", "an inference", owned.created)

    async with engine.opened(options(url, notebook)) as session:
        result = await result_of(probe("family/check", run, needs=Needs(users=2)), session)
    assert len(set(subjects)) == 4
    assert (result.observations[0].basis, result.requests) == (Basis.REPEATED, 2)


async def test_a_marker_in_what_another_was_sent_is_proof_and_is_not_asked_for_again(
    url: str, notebook: Notebook
) -> None:
    """The engine looks into the cited answers itself; the check says nothing of it."""

    async def run(lab: Lab) -> AsyncIterator[Observation]:
        alice, bob = await lab.two_users()
        owned = await lab.resource("thing").create(alice)
        notebook.things[str(owned.id)] = (str(bob.subject), owned.marker.text)
        theirs = await lab.resource("thing").read(bob, owned)
        yield failed("thing", "bob reads what alice owns", owned.created, theirs, users=("alice", "bob"))

    async with engine.opened(options(url, notebook)) as session:
        result = await result_of(probe("family/check", run, needs=Needs(users=2)), session)
    assert result.observations[0].basis is Basis.PROOF
    assert notebook.asked.count("POST /things") == 1


async def test_an_own_or_repeated_marker_proves_nothing(url: str, notebook: Notebook) -> None:
    """What its owner receives, or what was in the very request, leaks nothing: two of two, then."""

    async def run(lab: Lab) -> AsyncIterator[Observation]:
        alice, bob = await lab.two_users()
        thing = lab.resource("thing")
        owned = await thing.create(alice)
        said, _ = await thing.creation(bob, owned.marker)
        echoed = await lab.send(bob, said)
        yield failed("thing", "an inference", owned.created, await thing.read(alice, owned), echoed)

    async with engine.opened(options(url, notebook)) as session:
        result = await result_of(probe("family/check", run, needs=Needs(users=2)), session)
    assert result.observations[0].basis is Basis.REPEATED


async def test_a_quota_that_is_used_up_on_purpose_is_not_used_up_twice(url: str, notebook: Notebook) -> None:
    """Given users cannot be replaced: what a draining check finds on them is told with its caveat."""
    made = options(url, notebook, text=GIVEN, allowed=frozenset({"drain"}))
    tokens = {"ALICE": notebook.token("alice"), "BOB": notebook.token("bob")}
    async with engine.opened(replace(made, generated=tokens)) as session:
        result = await result_of(probe("limits/check", saying([BAD]), needs=Needs(drains=True)), session)
    assert result.observations[0].basis is Basis.ONCE


async def test_a_flaky_finding_fails_no_gate_and_is_no_pass(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """The run is a HOLD that names it; its cell of the matrix is open."""
    about = {"cell": isolation_cell("GET /things", "alice", "bob"), "users": ("alice", "bob")}
    leak = failed("GET /things", "bob finds alice's thing", **about)
    only_these(probe("isolation/check", saying([leak], [passed("GET /things", "nothing", **about)])))
    run = await engine.verify(options(url, notebook))
    assert (run.verdict.decision, run.verdict.findings) == (Decision.HOLD, ())
    gates = {gate.gate.metric: gate.outcome for gate in run.verdict.gates}
    assert gates["security violations"] is gates["isolation verified"] is Outcome.INCONCLUSIVE
    assert any("in one of two runs bob finds alice's thing" in reason for reason in run.verdict.reasons)


async def test_an_interrupted_second_run_does_not_lose_the_finding(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """It was seen once, and says that it was interrupted before it could be seen twice."""
    turns: list[str] = []

    async def run(_lab: Lab) -> AsyncIterator[Observation]:
        turns.append("begun")
        yield BAD
        if len(turns) > 1:
            await asyncio.sleep(60)

    only_these(probe("family/check", run))
    going = asyncio.create_task(engine.verify(options(url, notebook)))
    while len(turns) < 2:  # noqa: ASYNC110 -- the service is in another thread
        await asyncio.sleep(0.01)
    going.cancel()
    done = await going
    (finding,) = done.verdict.findings
    assert finding.observation.sentence == "it is broken (not confirmed: interrupted)"
    assert (done.exit_code, finding.observation.basis) == (2, Basis.ONCE)
