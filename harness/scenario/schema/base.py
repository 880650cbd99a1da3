"""What every part of a scenario is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

OperationId = Annotated[str, Field(pattern=r"^[A-Z]+ /\S*$", description='An operation: "METHOD /path/{template}"')]
SecretReference = Annotated[
    str,
    Field(
        pattern=r"^(env|file):[^|]+(\|(env|file):[^|]+)*$",
        description='Where a secret is, never the secret itself: "env:NAME" or "file:PATH"; '
        'of several, with "|" between, the first that is there',
    ),
]
Pointer = Annotated[
    str,
    Field(
        pattern=r"^(/[^|]*)?(\|(/[^|]*)?)*$",
        description="A JSON pointer (RFC 6901) into a response body; of several, with | between, the first that fits",
    ),
]


class Model(BaseModel):
    """Closed and frozen: an unknown key is an error, with its path."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
