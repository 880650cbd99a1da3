"""A server error that was seen once is asked for once more: it stands when it comes back, else it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import Response

from harness import engine, fuzz
from harness.fuzz import FuzzFinding, FuzzRun
from harness.model import Outcome, Request
from tests.harness.bench import options

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Observation
    from tests.harness.notebook import Notebook


async def found(
    session: Session, notebook: Notebook, *statuses: int, count: int = 1, body: bytes = b"{}"
) -> Observation:
    """Return what is said of a request that was answered with these statuses, one after the other."""
    answers = list(statuses)
    notebook.instead = lambda _request: Response(status_code=answers.pop(0))
    user = await session.introductions.introduce("fuzz")
    request = Request(method="POST", target="/things", body=body, operation="POST /things")
    failing = await session.client.send(user, request, raw=True)
    finding = FuzzFinding(
        operation="POST /things",
        check="not_a_server_error",
        code="server_error",
        title="Server error",
        message="",
        case_id="1",
        status=failing.status,
        exchanges=(failing.id,),
        count=count,
    )
    run = FuzzRun(seed=1, completed=True, cases=1, findings=(finding,))
    done = await fuzz.sent_again(session.client, user, run)
    assert not answers
    return next(iter(fuzz.observations(done, ())))


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [((500, 500), Outcome.FAILED), ((500, 503), Outcome.FAILED), ((500, 201), Outcome.INCONCLUSIVE)],
)
async def test_a_server_error_is_asked_for_again(
    url: str, notebook: Notebook, statuses: tuple[int, ...], outcome: Outcome
) -> None:
    """The same request, credential included, is sent once more."""
    async with engine.opened(options(url, notebook)) as session:
        seen = await found(session, notebook, *statuses)
        sent = [session.client.recorder.exchanges[name] for name in seen.exchanges]
    assert seen.outcome is outcome
    assert seen.reason == ("flaky" if outcome is Outcome.INCONCLUSIVE else None)
    assert [(each.user, each.request.body) for each in sent] == [("fuzz", b"{}")] * 2


@pytest.mark.parametrize(("count", "body"), [(2, b"{}"), (1, b"x" * 9000)], ids=["seen twice", "kept in part"])
async def test_what_needs_or_allows_no_second_request_stands(
    url: str, notebook: Notebook, count: int, body: bytes
) -> None:
    """What the generator saw twice is no chance; what was not kept whole would be another request."""
    async with engine.opened(options(url, notebook)) as session:
        assert (await found(session, notebook, 500, count=count, body=body)).outcome is Outcome.FAILED
