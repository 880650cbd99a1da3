"""The replaceable parts of the service, sound by default: a flaw is another value for one of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tests.targets.common.strict_json import JsonError, parse
from tests.targets.projects import statements
from tests.targets.projects.bodies import accept_note, accept_note_patch, accept_project, accept_project_patch
from tests.targets.projects.cursors import Cursors, SignedCursors
from tests.targets.projects.overrides import overriding
from tests.targets.projects.problems import ProblemError, invalid, not_found
from tests.targets.projects.tags import list_tag, row_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp

    from tests.targets.projects.call import Call
    from tests.targets.projects.store import Row, User


class Authenticate(Protocol):
    """Says who calls, or None; awaited before the body is read, so that it may take its time."""

    async def __call__(self, call: Call) -> User | None:
        """Return the user of the call."""


class Precondition(Protocol):
    """Compares `If-Match` with what is stored; must not yield to other requests, else two of them can both pass."""

    async def __call__(self, call: Call, tag: str, /) -> None:
        """Raise a ProblemError (412) if the precondition fails."""


class Missing(Protocol):
    """Answers a request for a thing that the caller does not have."""

    def __call__(self, call: Call, kind: str, /) -> Response:
        """Return the response; `kind` is `projects` or `notes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A statement and the values that it needs beside user, position and limit."""

    statement: str
    values: Mapping[str, object]


async def key_in_header(call: Call) -> User | None:
    """Return the holder of the one API key of the request."""
    keys = call.request.headers.getlist("x-api-key")
    return call.store.user_of_key(keys[0]) if len(keys) == 1 else None


async def if_match(call: Call, tag: str) -> None:
    """Refuse with 412 if `If-Match` is there and names another version (strong comparison, RFC 9110)."""
    wanted = call.request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    if tag not in [part.strip() for part in wanted.split(",")]:
        raise ProblemError(412, "precondition-failed", "the representation has changed since it was read")


def answer_not_found(_call: Call, _kind: str) -> Response:
    """Answer alike whether the thing is unknown, foreign or deleted."""
    return not_found().response()


def read_json(data: bytes) -> object:
    """Return the JSON value of a body; raises ProblemError (400)."""
    try:
        return parse(data)
    except JsonError as error:
        raise invalid(str(error)) from error


def search_notes(query: str) -> Search:
    """Search titles and bodies of the caller's notes for a literal text."""
    return Search(statement=statements.NOTES_FOUND, values={"q": query})


def show_project(row: Row) -> dict[str, Any]:
    """Return a project as it is sent."""
    return {**row, "archived": bool(row["archived"])}


def show_note(row: Row) -> dict[str, Any]:
    """Return a note as it is sent."""
    return {**row, "labels": json.loads(row["labels"])}


def name_taken(name: str) -> ProblemError:
    """Return the answer to a second project of the same name by the same owner."""
    return ProblemError(409, "name-taken", f"another project of yours is called {json.dumps(name)}")


def no_store(_operation: str) -> dict[str, str]:
    """Return headers for every response of a private operation."""
    return {"Cache-Control": "no-store"}


def as_written(document: str) -> str:
    """Serve the document as it is in its file."""
    return document


def more_found(found: int, size: int) -> bool:
    """Say that there is another page where one more row than fits was found."""
    return found > size


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that a flaw may replace."""

    authenticate: Authenticate = key_in_header
    missing: Missing = answer_not_found
    precondition: Precondition = if_match

    project_read: str = statements.PROJECT_READABLE
    project_head: str = statements.PROJECT_READABLE
    project_replace: str = statements.PROJECT
    project_merge: str = statements.PROJECT
    project_delete: str = statements.PROJECT
    project_archive: str = statements.PROJECT
    project_share: str = statements.PROJECT
    project_of_note: str = statements.PROJECT
    project_of_list: str = statements.PROJECT
    project_of_new_note: str = statements.PROJECT
    project_list: str = statements.PROJECTS
    project_count: str = statements.PROJECTS_COUNT
    project_of_name: str = statements.PROJECT_OF_NAME

    note_read: str = statements.NOTE
    note_head: str = statements.NOTE
    note_replace: str = statements.NOTE
    note_merge: str = statements.NOTE
    note_delete: str = statements.NOTE
    note_list: str = statements.NOTES
    note_count: str = statements.NOTES_COUNT
    note_search: Callable[[str], Search] = search_notes

    insert_project: str = statements.INSERT_PROJECT
    insert_note: str = statements.INSERT_NOTE
    update_project: str = statements.UPDATE_PROJECT
    update_note: str = statements.UPDATE_NOTE
    remove_project: str = statements.DELETE_PROJECT
    remove_note: str = statements.DELETE_NOTE

    cursors: type[Cursors] = SignedCursors
    row_tag: Callable[[bytes, User, str, Row], str] = row_tag
    list_tag: Callable[[bytes, User, Call, bytes], str] = list_tag

    read_json: Callable[[bytes], object] = read_json
    accept_project: Callable[[object], dict[str, Any]] = accept_project
    accept_project_patch: Callable[[object], dict[str, Any]] = accept_project_patch
    accept_note: Callable[[object], dict[str, Any]] = accept_note
    accept_note_patch: Callable[[object], dict[str, Any]] = accept_note_patch

    show_project: Callable[[Row], dict[str, Any]] = show_project
    show_note: Callable[[Row], dict[str, Any]] = show_note
    name_taken: Callable[[str], ProblemError] = name_taken
    headers: Callable[[str], dict[str, str]] = no_store
    created_status: int = 201
    commit: str = "5f1d0c2"
    may_follow: Callable[[int, int], bool] = more_found
    document: Callable[[str], str] = as_written
    wrap: Callable[[ASGIApp], ASGIApp] = overriding
