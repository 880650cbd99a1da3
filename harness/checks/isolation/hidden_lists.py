"""Lists that no document names (OWASP API9:2023, CWE-1059): an export, an archive, the version before this one.

They are written once, for one customer or an earlier client, and forgotten where the rule of ownership is added later.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._watching import UNDOCUMENTED
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

BELOW = ("export", "all", "download", "dump", "recent", "latest", "archive", "trash", "deleted", "shared", "feed")
ABOVE = ("admin", "internal", "all", "public", "export", "debug", "manage", "staff", "delivery")
SIBLINGS = ("export", "dump", "all")
BESIDE = (".csv", ".json", "-export", "/export.csv")
VERSION = re.compile(r"/v([1-9]\d?)(?=/)")
FEW = 4
"""Names that are tried where a quota is scarce."""


@check(
    severity=Severity.HIGH,
    catches=["isolation.list"],
    needs=Needs(users=2, operations=("create", "list")),
    owasp="API9:2023",
    cwe=1059,
)
async def hidden_lists(lab: Lab) -> AsyncIterator[Observation]:
    """No list beside the documented one shows another user's objects."""
    await genuine(lab, (await lab.two_users())[0])
    for resource in lab.private_with("create", "list"):
        alice, bob = await lab.two_users()
        yield await _try(resource, alice, bob)


async def _try(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    operation, lab = resource.operation("list"), resource.lab
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (beside it)", alice.name, bob.name),
    }
    hers, own = await resource.create(alice), await resource.create(bob)
    for owner, owned in ((alice, hers), (bob, own)):
        view = await resource.seen(owner, owned, "list")
        if not view.found:
            sentence = f"{owner.name} does not find the own {resource.name} by {operation}"
            return inconclusive(operation, "no-control", sentence, view.last, **about)
    plain = resource.request("list", own)
    bare = replace(plain, method="GET", body=b"", operation="")
    named = (replace(bare, target=path) for path in _paths(plain.target.partition("?")[0]))
    requests = [each for each in named if lab.may_send(each)][: FEW if lab.session.quota.scarce else None]
    shown: list[Exchange] = []
    for request in requests:
        exchange = await lab.send(bob, request, purpose=UNDOCUMENTED)
        if hers.marker.in_bytes(exchange.body):
            sentence = f"GET {request.target}, beside {operation}, shows {bob.name} what {alice.name} owns"
            return failed(operation, f"{sentence} ({exchange.status})", hers.created, exchange, **about)
        if exchange.ok and own.marker.in_bytes(exchange.body):
            shown.append(exchange)
    if not shown:
        sentence = f"none of {len(requests)} usual names beside {operation} leads to a list"
        return skipped(operation, "not-applicable", sentence, **about)
    sentence = (
        f"{len(shown)} lists beside {operation} show {bob.name} an own {resource.name}, and none of {alice.name}'s"
    )
    return passed(operation, sentence, *shown, **about)


def _paths(path: str) -> Iterator[str]:
    """Yield where such lists usually are: below, beside and above the list, and where the version before had it."""
    bare = path.rstrip("/")
    yield from (f"{bare}/{name}" for name in BELOW)
    yield from (f"{bare}{name}" for name in BESIDE)
    above, _, last = bare.rpartition("/")
    yield from (f"{above}/{name}" for name in SIBLINGS)
    yield from (f"{above}/{name}/{last}" for name in ABOVE)
    version = VERSION.search(bare)
    if version is not None:
        number = int(version[1])
        if number > 1:
            yield f"{bare[: version.start()]}/v{number - 1}{bare[version.end() :]}"
        yield f"{bare[: version.start()]}{bare[version.end() :]}"
