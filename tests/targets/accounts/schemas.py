"""The bodies that the service takes and gives; members that it does not know are ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{2,31}$")]
Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,3}$")]
DisplayName = Annotated[str, Field(max_length=60)]
Password = Annotated[str, Field(min_length=10, max_length=128)]
Title = Annotated[str, Field(min_length=1, max_length=120)]
Text = Annotated[str, Field(max_length=5000)]
Link = Annotated[str, Field(max_length=500)]
Visibility = Literal["private", "public"]
Role = Literal["user", "admin"]


class Input(BaseModel):
    """Something that a caller sends."""

    model_config = ConfigDict(extra="allow")

    def unknown(self) -> dict[str, Any]:
        """Return the members that the schema does not name."""
        return self.model_extra or {}

    def given(self) -> dict[str, Any]:
        """Return the members that the schema names and the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set & type(self).model_fields.keys()}


class SignUp(Input):
    """A new account."""

    username: Username
    password: Password
    email: Email
    display_name: DisplayName = ""


class ProfileChange(Input):
    """What to change of one's own account."""

    email: Email = Field(default_factory=str)
    display_name: DisplayName = Field(default_factory=str)


class PasswordChange(Input):
    """The password as it is and as it shall be."""

    current_password: Annotated[str, Field(max_length=128)]
    new_password: Password


class Forgotten(Input):
    """Whose password is forgotten."""

    username: Username


class NewPassword(Input):
    """The password as it shall be."""

    password: Password


class RoleChange(Input):
    """The role that an account shall have."""

    role: Role


class NewItem(Input):
    """A new item; it is private unless said otherwise."""

    title: Title
    body: Text = ""
    link: Link = ""
    visibility: Visibility = "private"


class ItemChange(Input):
    """What to change of an item."""

    title: Title = Field(default_factory=str)
    body: Text = Field(default_factory=str)
    link: Link = Field(default_factory=str)
    visibility: Visibility = Field(default_factory=lambda: "private")


class ItemIds(Input):
    """Many items."""

    item_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]


class Output(BaseModel):
    """Something that the service answers; closed."""

    model_config = ConfigDict(extra="forbid")


class Me(Output):
    """One's own account."""

    id: UUID
    username: str
    email: str
    display_name: str
    role: Role
    customer_number: str
    created_at: str


class Told(Output):
    """What everybody may be told."""

    message: str


class Profile(Output):
    """What others may know of an account."""

    id: UUID
    username: str
    display_name: str


class ItemView(Output):
    """An item."""

    id: UUID
    owner_id: UUID
    title: str
    body: str
    link: str
    visibility: Visibility
    created_at: str
    updated_at: str


class CardView(Output):
    """A card."""

    number: str
    holder: str


class CardList(Output):
    """One's own cards."""

    cards: list[CardView]


class Points(Output):
    """What a customer has collected."""

    username: str
    points: int


class ItemPage(Output):
    """One page of items."""

    items: list[ItemView]
    page: int
    per_page: int
    total: int
    pages: int


class ItemList(Output):
    """The items that were asked for, as far as they may be seen."""

    items: list[ItemView]


class Deleted(Output):
    """How many items are gone."""

    deleted: int


class AccountPage(Output):
    """One page of accounts, for administrators."""

    users: list[Me]
    page: int
    per_page: int
    total: int
    pages: int


class Health(Output):
    """The service is up."""

    status: str


class Version(Output):
    """What is running."""

    name: str
    version: str
    commit: str


class ErrorDetail(Output):
    """What went wrong."""

    code: str
    message: str


class ErrorBody(Output):
    """Every error."""

    error: ErrorDetail
