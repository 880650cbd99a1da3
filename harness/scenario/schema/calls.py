"""How one request is made."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from harness.scenario.schema.base import Model, OperationId, Pointer


class Upload(Model):
    """One file of a multipart form."""

    filename: str = "file.txt"
    content: str
    content_type: str = "text/plain"


class Call(Model):
    """How to make one request.

    Strings may hold {marker}, {id}, {parent}, {user}, {user_number}, {username}, {nonce}, {uuid}, {number} and
    {limit}-like names.
    In what is done with many objects at once, {ids} is the list of their identifiers, {id_list} the same with commas
    between; in what lets another user in, {guest}, {guest_number} and {guest_name} are that user.
    """

    operation: OperationId
    path: dict[str, str] = Field(
        default_factory=dict, description="Path parameter -> value; by default the last is {id}, the others {parent}"
    )
    query: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = Field(None, alias="json", description="JSON body")
    form: dict[str, str] | None = None
    multipart: dict[str, str | Upload] | None = None
    among: dict[str, list[Any]] = Field(
        default_factory=dict, description="Placeholder -> values, of which each request takes one"
    )
    success: list[int] = Field(
        default_factory=list, description="Statuses of success; by default the 2xx that the document declares"
    )

    @model_validator(mode="after")
    def _one_body(self) -> Call:
        if sum(part is not None for part in (self.body, self.form, self.multipart)) > 1:
            message = "expected at most one of json, form and multipart"
            raise ValueError(message)
        return self


class CreateCall(Call):
    """A call that makes an object; `id` says where its identifier is."""

    id: str = Field(
        "/id",
        description='JSON pointer into the answer, "request:/pointer" into the JSON that was sent where the caller'
        ' chooses it, "path:NAME" where it does so in the path, or "location" for the last segment of that header',
    )


class Pagination(Model):
    """How to get the next page."""

    style: Literal["offset", "page", "cursor", "link"]
    parameter: str = Field("offset", description="Query parameter that moves on (offset, page, cursor)")
    limit: str | None = Field("limit", description="Query parameter for the size of a page")
    next: Pointer | None = Field(None, description="Where the next cursor or link is (cursor, link)")


class ListCall(Call):
    """A call that answers many objects."""

    items: Pointer = Field("", description="Where the array is")
    id: Pointer = Field("/id", description="Where the identifier is in one item")
    total: Pointer | None = Field(None, description="Where the count of all items is")
    pagination: Pagination | None = None


class ActionCall(Call):
    """A call on one object which is none of read, update, delete (publish, re-index, share...), or on many."""

    name: str
    publishes: bool = Field(False, description="Whether everybody may read the object afterwards, by design")  # noqa: FBT003
