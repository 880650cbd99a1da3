"""A named user of the target, whose credential shows nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.exchanges import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value that shows nowhere: not in `repr`, `str` or a format string."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "<secret>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A named user and its credential.

    `name` is the role in this run ("alice", "bob", "fuzz"); `subject` is who the target says it is, if known;
    `username` is the name it logs in with. `headers` and `cookies` are what a request of this user carries; they are
    secret. `claims` are the claims of a minted token, so that a forgery can differ from it in exactly one thing.
    """

    name: str
    subject: str | None = None
    username: str | None = None
    headers: Headers = field(default=(), repr=False)
    cookies: Headers = field(default=(), repr=False)
    claims: Mapping[str, Any] | None = field(default=None, repr=False)
    token: Secret | None = None
    password: Secret | None = None


ANONYMOUS = Identity(name="anonymous")
