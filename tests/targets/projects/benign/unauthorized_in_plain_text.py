"""Who has no key is answered 401 in plain text by what stands in front, as documented; other errors are problems."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from tests.targets.projects.parts import key_in_header
from tests.targets.projects.problems import ProblemError, unauthorized

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

mode = "benign"
scenario = {"errors": None}


class Plain(ProblemError):
    """A refusal of few words."""

    def response(self) -> Response:  # type: ignore[override]
        """Return it as it is sent."""
        return PlainTextResponse("401 key required\n", 401, self.headers)


async def authenticate(call: Call) -> User:
    """Refuse in plain text."""
    user = await key_in_header(call)
    if user is None:
        sound = unauthorized()
        raise Plain(sound.status, sound.kind, sound.detail, sound.headers)
    return user


def document(text: str) -> str:
    """Say so."""
    before, name, after = text.partition("    Unauthorized:")
    plain = "        text/plain:\n          schema: {type: string}"
    problem = "        application/problem+json:\n          schema: {$ref: '#/components/schemas/Problem'}"
    return before + name + after.replace(problem, plain, 1)


def apply(parts: Parts) -> Parts:
    """Return the parts with another refusal."""
    return replace(parts, authenticate=authenticate, document=document)
