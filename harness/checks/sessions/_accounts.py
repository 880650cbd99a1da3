"""What the session checks share: users with a password, further log-ins, and whether a session still counts."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.identities import UserRefused, extract
from harness.lab import Inconclusive, harmless
from harness.model import ANONYMOUS

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Exchange, Headers, Identity
    from harness.scenario.schema import Call, LoginSpec


async def newcomer(lab: Lab, name: str) -> Identity:
    """Return a user who has just signed up, with a password of its own. Raises Inconclusive if that is refused."""
    try:
        user = await lab.session.introductions.newcomer(name)
    except UserRefused as refused:
        raise Inconclusive("user-refused", str(refused), *([refused.exchange] if refused.exchange else [])) from refused
    if user is None or user.password is None or user.username is None:
        raise Inconclusive("not-offered", "the scenario describes no sign-up whose users have a name and a password")
    return user


async def another_session(lab: Lab, user: Identity, password: str | None = None) -> Identity:
    """Return the user in a further session. Raises Inconclusive if the log-in is refused."""
    secret = password or (user.password.value if user.password else "")
    try:
        session = await lab.session.introductions.login(user.name, user.username or user.name, secret)
    except UserRefused as refused:
        raise Inconclusive("no-control", str(refused), *([refused.exchange] if refused.exchange else [])) from refused
    return replace(session, subject=user.subject)


async def log_in(
    lab: Lab, username: str, password: Any, headers: Headers = (), *, call: LoginSpec | None = None
) -> Exchange:
    """Send a log-in, or `call`, as nobody, whatever comes of it; what it gives out is remembered as a secret."""
    spec = call or lab.scenario.users.login
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    if password and isinstance(password, str):
        lab.session.introductions.vault.remember(password)
    variables = {"username": username, "password": password, "user": username, "nonce": secrets.token_hex(6)}
    request = requests.build(spec, variables, ())
    request = replace(request, headers=(*request.headers, *headers))
    exchange = await lab.session.client.send(replace(ANONYMOUS, name="nobody"), request, purpose="log-in")
    credential = extract(exchange, spec.credential)
    if credential:
        lab.session.introductions.vault.remember(credential)
    return exchange


def entered(lab: Lab, exchange: Exchange) -> bool:
    """Whether a log-in let somebody in: a success that gives out a credential (some services refuse with a 200)."""
    spec = lab.scenario.users.login
    return spec is not None and exchange.ok and extract(exchange, spec.credential) is not None


async def own_call(lab: Lab, user: Identity, call: Call, **variables: Any) -> Exchange:
    """Send a call of the scenario that concerns the acting user's own account."""
    known = {
        "username": user.username,
        "user": user.username,
        "password": user.password.value if user.password else "",
        "id": user.subject,
        "nonce": secrets.token_hex(6),
    }
    request = requests.build(call, {**known, **variables}, (user.subject,))
    return await lab.send(user, request, purpose="step")


async def use(lab: Lab, user: Identity, purpose: str = "control") -> Exchange:
    """Send a harmless private request in a session. Raises Inconclusive where the scenario has none."""
    request = harmless(lab, user)
    if request is None:
        raise Inconclusive("not-offered", "the scenario names nothing harmless that a user may read")
    return await lab.send(user, request, purpose=purpose)
