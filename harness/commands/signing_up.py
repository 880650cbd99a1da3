"""A sign-up that is refused: what its refusal names, and the document calls optional, is sent beside the next time.

Some services want one of two fields, or a field for each way to join; a schema that says so in a validator only calls
them optional.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.forms import texts
from harness.openapi.inference.routes import body_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Exchange
    from harness.openapi import Document, Inference

REFUSALS = frozenset({400, 422})
VALUE = "h-{nonce}"


def with_what_is_missing(document: Document, found: Inference, refused: Exchange | None) -> Iterator[Inference]:
    """Walk the inference with one more field in its sign-up, for each that the refusal names and that is not sent."""
    signup = found.users.signup
    if signup is None or refused is None or refused.status not in REFUSALS:
        return
    operation = next((each for each in document.operations if each.id == signup.operation), None)
    if operation is None or refused.request.operation != signup.operation:
        return
    key = "body" if signup.body is not None else "form"
    sent: Any = getattr(signup, key)
    said = refused.body.decode("utf-8", "replace")
    for name in texts(body_fields(operation, document.root)) if isinstance(sent, dict) else ():
        if name not in sent and re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", said):
            told = f"signup: with {name}, which the refusal ({refused.status}) of one without it names"
            fuller = signup.model_copy(update={key: {**sent, name: VALUE}})
            yield replace(found, users=replace(found.users, signup=fuller, evidence=(*found.users.evidence, told)))
