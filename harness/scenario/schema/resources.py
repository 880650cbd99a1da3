"""Things that users own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.scenario.schema.base import Model
from harness.scenario.schema.calls import ActionCall, Call, CreateCall, ListCall

VERBS = ("create", "read", "list", "search", "update", "delete", "action", "bulk", "admit")
LOOKS = ("read", "list", "search")
"""The verbs by which objects can be seen, the most direct first."""
LOOK = "look"
"""The verb of a resource whose objects can be read back, one by one or in their list; a search may need old words."""

TEXT = "text"
"""The verb of a resource whose objects hold a text of their owner, by which answers are told apart."""
WRITTEN = ("{marker}", "{query}")


class ResourceSpec(Model):
    """A thing that users own, and what can be done with it."""

    name: str
    parent: str | None = Field(None, description="Name of the resource it is nested below")
    settle: float = Field(0.0, ge=0, le=120, description="Seconds within which a write becomes visible to its owner")
    create: CreateCall | None = None
    create_public: CreateCall | None = Field(None, description="Creates an object that everybody may read, by design")
    read: Call | None = None
    listing: ListCall | None = Field(None, alias="list")
    search: ListCall | None = None
    update: list[Call] = Field(default_factory=list)
    delete: Call | None = None
    action: list[ActionCall] = Field(default_factory=list)
    bulk: list[ActionCall] = Field(
        default_factory=list, description="Actions on many objects at once, which are named by {ids} or {id_list}"
    )
    admit: Call | None = Field(
        None, description="Lets another user see one object: {guest}, as a number {guest_number}, by name {guest_name}"
    )
    readable: bool = Field(False, description="Whether everybody may see such objects, by design")  # noqa: FBT003
    owner_field: str | None = Field(
        None, description="Name under which the API calls the owner of an object, if it shows it"
    )
    unique: Literal["owner", "everybody"] | None = Field(
        None,
        description="Among whose objects a name must be unique, if any must: one's own, or everybody's, by design;"
        " where this is not said, a name that somebody else has taken is no finding",
    )
    max_upload: int | None = Field(None, ge=1, description="Bytes that an uploaded file may have at most, if declared")
    unknown_id: str | None = Field(
        None, description="A well-formed identifier that nothing has; by default one of the same shape is made"
    )

    @property
    def verbs(self) -> frozenset[str]:
        """The verbs this resource has: create, read, list, search, update, delete, action, bulk, admit."""
        return frozenset(verb for verb in VERBS if self.calls(verb))

    @property
    def abilities(self) -> frozenset[str]:
        """The verbs, LOOK where there is read or list, and TEXT: what checks ask for."""
        looks = {LOOK} if self.verbs & {"read", "list"} else set()
        return self.verbs | looks | ({TEXT} if self._holds_text else set())

    @property
    def _holds_text(self) -> bool:
        made = "" if self.create is None else self.create.model_dump_json()
        return any(word in made for word in WRITTEN)

    @property
    def operations(self) -> frozenset[str]:
        """The operations of all its calls."""
        return frozenset(call.operation for verb in VERBS for call in self.calls(verb))

    def calls(self, verb: str) -> tuple[Call, ...]:
        """Return the calls for a verb: none, one, or for update, action and bulk any number."""
        found = self.listing if verb == "list" else getattr(self, verb)
        return tuple(found) if isinstance(found, list) else () if found is None else (found,)
