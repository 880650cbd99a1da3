"""Account takeover by sign-up (CWE-290): whoever names another user while signing up gets no credential of that user.

Nor does whoever signs up after another one, from the same address and by the same program, as two behind a proxy do.

A sign-up with a credential of its own is an administrator's, who may have the right to name anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.checks.authentication._disguise import HEADERS
from harness.expect import failed, inconclusive, passed, skipped
from harness.identities import UserRefused
from harness.lab.resource import with_fields
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema import SignupSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Identity, Observation

UNAUTHORIZED = 401
BODY = "the body"
FIELDS = ("user_id", "userId", "userid", "uid", "sub", "subject", "id")


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.identity-header"],
    needs=Needs(users=1, operations=("create",), features=("fresh-users",)),
    owasp="API2:2023",
    cwe=290,
)
async def sign_up_for_another(lab: Lab) -> AsyncIterator[Observation]:
    """A sign-up that names another user makes a new user all the same."""
    spec, users = lab.scenario.users.signup, lab.session.introductions
    resource = next((each for each in lab.private_with("create") if each.looks), None)
    if spec is None or resource is None or any(map(_is_secret, spec.headers.values())):
        yield skipped("sign-up", "not-applicable", "no stranger can sign up, or users own nothing private")
        return
    alice = await lab.user(users.names[0])
    hers = await resource.create(alice)
    control = await resource.seen(alice, hers, resource.looks[0])
    try:
        plain = await _found_by_newcomer(resource, hers, spec)
    except UserRefused as refused:
        yield inconclusive(spec.operation, "quota" if _limited(refused) else "no-control", str(refused))
        return
    if not control.found or plain.found or plain.last.broken or plain.last.status == UNAUTHORIZED:
        sentence = f"{control.operation} does not tell {alice.name} from who has just signed up"
        yield inconclusive(spec.operation, "no-control", sentence, control.last, plain.last)
        return
    yield await _judge(resource, hers, spec, (control, plain))


async def _judge(resource: BoundResource, hers: Owned, spec: SignupSpec, controls: tuple[View, View]) -> Observation:
    """Sign up in the name of the owner of an object, and look for it."""
    control, plain = controls
    about = {"operation": spec.operation, "users": (hers.owner.name, plain.user.name)}
    refused = 0
    for where, naming in _naming(spec, hers.owner):
        try:
            attempt = await _found_by_newcomer(resource, hers, naming)
        except UserRefused as said:
            if _limited(said) or said.exchange is None or said.exchange.broken:
                return inconclusive(spec.operation, "quota" if _limited(said) else "unclear", str(said), **about)
            refused += 1
            continue
        if attempt.found:
            sentence = f"who names {hers.owner.name} in {where} of {spec.operation} is {hers.owner.name} from then on"
            return failed(spec.operation, sentence, hers.created, control.last, plain.last, attempt.last, **about)
        if _same(attempt.user, plain.user):
            sentence = f"who signs up by {spec.operation} is who signed up before: two strangers share an account"
            return failed(spec.operation, sentence, plain.last, attempt.last, **about)
        if where == BODY:  # all of it was taken, so nothing is left to be tried by itself
            break
    sentence = f"whoever {spec.operation} is told to make, it makes a new user ({refused} requests refused)"
    return passed(spec.operation, sentence, control.last, plain.last, **about)


def _same(one: Identity, other: Identity) -> bool:
    """Whether two sign-ups gave the very same credential."""
    return (one.headers, one.cookies) == (other.headers, other.cookies)


def _is_secret(value: str) -> bool:
    """Whether the value of a header comes from where secrets are kept."""
    return value.startswith(("env:", "file:"))


def _limited(refused: UserRefused) -> bool:
    return refused.exchange is not None and refused.exchange.limited


async def _found_by_newcomer(resource: BoundResource, hers: Owned, spec: SignupSpec) -> View:
    """Look for an object as who has just signed up. Raises UserRefused."""
    user = await resource.lab.session.introductions.newcomer("mallory", spec)
    assert user is not None  # noqa: S101 -- a sign-up is given
    return await resource.look(user, hers, resource.looks[0], purpose="attempt")


def _naming(spec: SignupSpec, victim: Identity) -> Iterator[tuple[str, SignupSpec]]:
    """Walk the sign-up with the victim named in places that careless services look into.

    A body that is refused may have one field too many: then each of them is tried by itself.
    """
    named = requests.naming(victim)
    headers = {**dict.fromkeys(HEADERS, named["user"]), **spec.headers}
    query = {**dict.fromkeys(FIELDS, named["user"]), **spec.query}
    yield "a header or the query", spec.model_copy(update={"headers": headers, "query": query})
    bare = spec.body is None and spec.form is None and spec.multipart is None
    call = spec.model_copy(update={"body": {}}) if bare else spec
    for where, fields in ((BODY, FIELDS), *((f"{field!r} in {BODY}", (field,)) for field in FIELDS)):
        yield where, SignupSpec.model_validate(with_fields(call, dict.fromkeys(fields, named["user_number"])))
