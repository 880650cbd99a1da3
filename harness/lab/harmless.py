"""A private request that reads and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.lab.plain import plain_reads

if TYPE_CHECKING:
    from harness.lab.lab import Lab
    from harness.model import Identity, Request


def harmless(lab: Lab, user: Identity) -> Request | None:
    """Return the who-am-I, else a list or search below no parent, else what the document has, else an own object.

    None where the scenario has none of them, and the user has created nothing yet.
    """
    whoami = lab.scenario.users.whoami
    if whoami is not None and whoami.operation not in lab.scenario.target.public:
        return requests.build(whoami, {}, ())
    for resource in lab.scenario.resource:
        for verb in ("list", "search"):
            for call in resource.calls(verb):
                if resource.parent is None:
                    named = requests.naming(user)
                    variables = {"query": "harness", "marker": "harness", **named}
                    return requests.build(call, variables, ())
    plain = next((requests.plain(operation) for operation in plain_reads(lab.session)), None)
    return plain or lab.session.own_reads.get(lab.key(user))
