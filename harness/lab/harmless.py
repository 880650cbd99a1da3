"""A private request that reads and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests

if TYPE_CHECKING:
    from harness.lab.lab import Lab
    from harness.model import Identity, Request


def harmless(lab: Lab, user: Identity) -> Request | None:
    """Return the who-am-I, else a list or search below no parent, else an own object, else a private read.

    None where the scenario has none of them, the user has created nothing yet, and no private read is known.
    """
    whoami = lab.scenario.users.whoami
    if whoami is not None and whoami.operation not in lab.scenario.target.public:
        return requests.of_oneself(whoami, user)
    for resource in lab.scenario.resource:
        for verb in ("list", "search"):
            for call in resource.calls(verb):
                if resource.parent is None:
                    named = requests.naming(user)
                    variables = {"query": "harness", "marker": "harness", **named}
                    return requests.build(call, variables, ())
    own = lab.session.own_reads.get(lab.key(user))
    return own or next((requests.plain(operation) for operation in lab.session.private_reads or ()), None)
