"""Of a subject that is an address the tag is cut off: `a+x@example.com` is `a@example.com`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.subject"
mode = "http"
TAG = re.compile(r"\+[^@]*@")


class Lax(Forgivable):
    def principal(self, claims: Mapping[str, Any]) -> Principal:
        principal = super().principal(claims)
        return replace(principal, user_id=TAG.sub("@", principal.user_id))


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
