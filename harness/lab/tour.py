"""One request of each kind: what watchers need to have seen before they may pass anything."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from harness import requests
from harness.identities import RANDOM_CREDENTIAL
from harness.lab.harmless import harmless
from harness.lab.specimens import specimens
from harness.model import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab.lab import Lab
    from harness.lab.resource import BoundResource
    from harness.lab.specimens import Specimen
    from harness.model import Identity
    from harness.scenario.schema import ListCall

PURPOSE = "tour"
QUICKLY_LIMITED = 60
AFFORDABLE = 1 << 21
NO_METHOD = "PATCH"
WRONG_BODIES = (b"{", b"[]", b"{}", b'"harness"')


async def tour(lab: Lab) -> None:
    """Call each operation as it should be, then without a credential, for nothing, and wrongly. Raises Inconclusive."""
    name = lab.session.introductions.names[0]
    for request in _public(lab):
        await lab.send(lab.anonymous, request, purpose=PURPOSE)
    await _empty_handed(lab, await lab.new_user(name) if lab.session.introductions.fresh else await lab.user(name))
    user = await lab.user(name)
    for specimen in await specimens(lab, user):
        await _round(lab, user, specimen)
    for resource in lab.resources_with("create"):
        await _odd(lab, user, resource)
        await _too_large(lab, user, resource)
    await _nowhere(lab, user)
    await _unsupported(lab, user)
    await _refused(lab, user)
    await _limited(lab, name)


def _public(lab: Lab) -> Iterator[Request]:
    """Walk the requests that need no user: readiness, version, metrics, and public operations without parameters."""
    target = lab.scenario.target
    for operation in (target.ready, target.version, target.metrics, *target.public):
        if operation is not None and operation.startswith("GET ") and "{" not in operation:
            yield Request(method="GET", target=operation.removeprefix("GET "), operation=operation)


async def _empty_handed(lab: Lab, user: Identity) -> None:
    """List and search as somebody who owns nothing yet."""
    for resource in lab.resources_with():
        for verb in ("list", "search"):
            if resource.spec.parent is None and resource.spec.calls(verb):
                await resource.pages(user, verb, purpose=PURPOSE)


async def _round(lab: Lab, user: Identity, specimen: Specimen) -> None:
    """Send it without a credential, with wrong bodies, with identifiers that nothing has; then as it should be."""
    request = specimen.request
    await lab.send(lab.anonymous, request, purpose=PURPOSE)
    if _json(request):
        wrong = [replace(request, body=body) for body in WRONG_BODIES]
        for each in (*wrong, replace(request, headers=_typed(request, "text/plain"))):
            exchange = await lab.send(user, each, purpose=PURPOSE)
            if specimen.creates is not None:
                await specimen.creates.keep(user, exchange)
    if specimen.owned is not None and str(specimen.owned.id) in request.target:
        unknown = lab.resource(specimen.owned.resource).unknown_id(specimen.owned)
        for other in (str(unknown), "not-an-identifier"):
            target = other.join(request.target.rsplit(str(specimen.owned.id), 1))
            await lab.send(user, replace(request, target=target), purpose=PURPOSE)
    await specimen.accepted()


async def _odd(lab: Lab, user: Identity, resource: BoundResource) -> None:
    """Create the same twice, and ask for pages that there cannot be."""
    owned = await resource.create(user)
    twin = await lab.send(user, owned.created.request, purpose=PURPOSE)
    await resource.keep(user, twin)
    for verb in ("list", "search"):
        for call in resource.spec.calls(verb):
            for query in _wrong_pages(call):  # type: ignore[arg-type]  # list and search are ListCalls by the schema
                request = resource.request(verb, owned, call=call)
                separator = "&" if "?" in request.target else "?"
                target = f"{request.target}{separator}{urlencode(query)}"
                await lab.send(user, replace(request, target=target), purpose=PURPOSE)


def _wrong_pages(call: ListCall) -> Iterator[dict[str, str]]:
    if call.pagination is not None:
        yield {call.pagination.parameter: "not-a-page"}
        if call.pagination.limit:
            yield {call.pagination.limit: "-1"}


async def _nowhere(lab: Lab, user: Identity) -> None:
    """Ask for a route that does not exist, with and without a credential."""
    for identity in (lab.anonymous, user):
        request = Request(method="GET", target=f"{lab.session.client.policy.origin.prefix}/{secrets.token_hex(8)}")
        await lab.send(identity, request, purpose=PURPOSE)


async def _unsupported(lab: Lab, user: Identity) -> None:
    """Send a method that no path knows to where something is listed, so that a 405 is seen."""
    request = harmless(lab, user)
    declared = {each.method for each in lab.operations}
    if request is not None and NO_METHOD not in declared:
        await lab.send(user, Request(method=NO_METHOD, target=request.target.partition("?")[0]), purpose=PURPOSE)


async def _refused(lab: Lab, user: Identity) -> None:
    """Bring a credential that nobody has, so that it is seen how one is refused."""
    request = harmless(lab, user)
    if request is not None:
        garbage = lab.session.introductions.with_token("garbage", secrets.token_urlsafe(24))
        await lab.send(garbage, request, purpose=PURPOSE, forged=RANDOM_CREDENTIAL)


async def _too_large(lab: Lab, user: Identity, resource: BoundResource) -> None:
    """Send a body that is larger than the declared limit, so that a 413 is seen."""
    largest = resource.spec.max_upload
    if largest is not None and largest <= AFFORDABLE:
        request, _ = await resource.creation(user, lab.session.markers.issue(lab.key(user)))
        exchange = await lab.send(user, replace(request, body=request.body + bytes(2 * largest)), purpose=PURPOSE)
        await resource.keep(user, exchange)


async def _limited(lab: Lab, name: str) -> None:
    """Use up a small quota of a fresh user, so that a 429 is seen."""
    limits = lab.scenario.limits
    if limits is None or limits.probe is None or limits.requests > QUICKLY_LIMITED:
        return
    if lab.session.introductions.fresh:
        user = await lab.new_user(name, limits.claims)
        shots = [(user, requests.build(limits.probe, {}, ()))] * (limits.requests + 2)
        await lab.session.client.gather(shots, concurrency=8, purpose=PURPOSE)


def _json(request: Request) -> bool:
    return bool(request.body) and "json" in (request.header("Content-Type") or "")


def _typed(request: Request, media_type: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, media_type if name.lower() == "content-type" else value) for name, value in request.headers)
