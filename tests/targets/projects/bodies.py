"""What the service accepts as bodies: closed schemas, checked strictly."""

from __future__ import annotations

from typing import Annotated, Any, Generic, NotRequired, TypeVar

from pydantic import ConfigDict, Field, StrictInt, StrictStr, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from tests.targets.projects.problems import invalid

_CLOSED = ConfigDict(extra="forbid", strict=True)
_NO_NUL = r"^[^\x00]*$"

Name = Annotated[StrictStr, Field(min_length=1, max_length=100, pattern=_NO_NUL)]
Description = Annotated[StrictStr, Field(max_length=1000, pattern=_NO_NUL)]
Title = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern=_NO_NUL)]
Text = Annotated[StrictStr, Field(max_length=10_000, pattern=_NO_NUL)]
Label = Annotated[StrictStr, Field(pattern=r"^[a-z0-9-]{1,30}$")]
Labels = Annotated[list[Label], Field(max_length=10)]


@with_config(_CLOSED)
class ProjectBody(TypedDict):
    """A project as it is created or replaced."""

    name: Name
    description: NotRequired[Description]


@with_config(_CLOSED)
class ProjectPatch(TypedDict, total=False):
    """The members of a project that change."""

    name: Name
    description: Description


@with_config(_CLOSED)
class NoteBody(TypedDict):
    """A note as it is created or replaced."""

    title: Title
    body: NotRequired[Text]
    labels: NotRequired[Labels]


@with_config(_CLOSED)
class NotePatch(TypedDict, total=False):
    """The members of a note that change."""

    title: Title
    body: Text
    labels: Labels


@with_config(_CLOSED)
class CollaboratorBody(TypedDict):
    """A user who may read a project, too."""

    user_id: Annotated[StrictInt, Field(ge=1, lt=2**53)]


@with_config(_CLOSED)
class UserBody(TypedDict):
    """A user to be added."""

    name: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9-]{1,63}$")]


T = TypeVar("T")


class Body(Generic[T]):
    """Accepts one kind of body."""

    def __init__(self, schema: type[T]) -> None:
        """Take the schema as a typed dictionary."""
        self._adapter: TypeAdapter[T] = TypeAdapter(schema)

    def __call__(self, value: object) -> dict[str, Any]:
        """Return the members; raises ProblemError with the place and the reason of the first mistake."""
        try:
            members: Any = self._adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the body"
            raise invalid(f"{place}: {first['msg']}") from error
        return dict(members)


accept_project = Body(ProjectBody)
accept_project_patch = Body(ProjectPatch)
accept_note = Body(NoteBody)
accept_note_patch = Body(NotePatch)
accept_collaborator = Body(CollaboratorBody)
accept_user = Body(UserBody)
