"""Sending a failing request once more: a server error that does not come back is no finding, and no pass either."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import BudgetExhausted
from harness.model import ANONYMOUS
from harness.recording import RAW_BODY

if TYPE_CHECKING:
    from harness.client import Client
    from harness.fuzz.findings import FuzzFinding, FuzzRun
    from harness.model import Identity


async def sent_again(client: Client, identity: Identity, run: FuzzRun) -> FuzzRun:
    """Return the run in which each server error that was seen only once has been asked for again.

    What other rules found is judged on one exchange alone, and stands as that exchange does.
    """
    findings = [await _again(client, identity, each) for each in run.findings]
    return replace(run, findings=tuple(findings))


async def _again(client: Client, identity: Identity, finding: FuzzFinding) -> FuzzFinding:
    before = client.recorder.exchanges.get(finding.exchanges[-1]) if finding.exchanges else None
    if before is None or finding.count > 1 or before.response is None or not before.response.is_failure:
        return finding
    if len(before.request.body) >= RAW_BODY:
        return finding  # it was kept in part only
    user = identity if before.user == identity.name else ANONYMOUS
    try:
        after = await client.send(user, before.request, purpose="again", raw=True)
    except BudgetExhausted:
        return finding
    return replace(finding, again=after.status, exchanges=(*finding.exchanges, after.id))
