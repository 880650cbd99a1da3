"""A user who names another one in every header and cookie in which careless services look for an identity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Identity

HEADERS = (
    "X-User-ID",
    "X-User",
    "X-UserId",
    "X-Forwarded-User",
    "X-Remote-User",
    "Remote-User",
    "X-Auth-User",
    "X-Auth-Request-User",
    "X-Authenticated-User",
    "X-Authenticated-Userid",
    "X-WebAuth-User",
    "X-Consumer-Username",
    "X-Account-ID",
    "X-Tenant-ID",
    "X-On-Behalf-Of",
    "X-Impersonate-User",
)
COOKIES = ("user_id", "userId", "user", "uid", "username", "account_id", "remember_user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """What names another user: headers, cookies, or both."""

    value: str
    headers: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()

    def of(self, user: Identity) -> Identity:
        """Return the user, who now names the other one."""
        return replace(
            user,
            headers=(*user.headers, *((name, self.value) for name in self.headers)),
            cookies=(*user.cookies, *((name, self.value) for name in self.cookies)),
        )

    def each(self) -> Iterator[Disguise]:
        """Walk the single names of which this one is made."""
        yield from (Disguise(value=self.value, headers=(name,)) for name in self.headers)
        yield from (Disguise(value=self.value, cookies=(name,)) for name in self.cookies)

    def __str__(self) -> str:
        names = [*self.headers, *(f"the cookie {name}" for name in self.cookies)]
        return f"{names[0] if len(names) == 1 else f'one of {len(names)} headers and cookies'}: {self.value}"


def disguises(victim: Identity, user: Identity) -> Iterator[Disguise]:
    """Walk what may stand for the victim, each in all headers and cookies at once but those of the credential."""
    own = {name.lower() for name, _ in (*user.headers, *user.cookies)}
    headers = tuple(name for name in HEADERS if name.lower() not in own)
    cookies = tuple(name for name in COOKIES if name.lower() not in own)
    for value in dict.fromkeys(filter(None, (victim.subject, victim.username, victim.name))):
        yield Disguise(value=value, headers=headers, cookies=cookies)
