"""What the operations do; between finding a row and writing it nothing yields to other requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from tests.targets.projects.bodies import accept_collaborator
from tests.targets.projects.pages import Listing, page
from tests.targets.projects.problems import invalid
from tests.targets.projects.statements import ADD_COLLABORATOR, ARCHIVE_PROJECT
from tests.targets.projects.tags import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import Row

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
MAX_QUERY = 200


class Operations:
    """The operations, made of replaceable parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def me(self, call: Call) -> Response:
        """Say who the caller is."""
        return JSONResponse({"id": call.user.id, "name": call.user.name})

    async def list_projects(self, call: Call) -> Response:
        """List the caller's projects."""
        parts, parameters = self._parts, call.parameters("page_size", "cursor")
        listing = Listing(
            scope="projects", statement=parts.project_list, show=parts.show_project, count=parts.project_count
        )
        return page(parts, call, parameters, listing)

    async def create_project(self, call: Call) -> Response:
        """Create a project of the caller's."""
        members = self._parts.accept_project(self._parts.read_json(await call.body(JSON)))
        self._check_name(call, members["name"], None)
        values = {"owner_id": call.user.id, "description": "", **members}
        row = call.store.rows(self._parts.insert_project, values)[0]
        return self._shown(call, "projects", row, self._parts.created_status, f"/v2/projects/{row['id']}")

    async def read_project(self, call: Call) -> Response:
        """Return one project."""
        return self._read(call, "projects", self._parts.project_read)

    async def head_project(self, call: Call) -> Response:
        """Return the headers of one project."""
        return self._read(call, "projects", self._parts.project_head)

    async def replace_project(self, call: Call) -> Response:
        """Replace one project as a whole."""
        members = self._parts.accept_project(self._parts.read_json(await call.body(JSON)))
        return await self._write_project(call, self._parts.project_replace, {"description": "", **members})

    async def merge_project(self, call: Call) -> Response:
        """Change some members of one project."""
        data = await call.body(MERGE_PATCH, JSON)
        members = self._parts.accept_project_patch(self._parts.read_json(data))
        return await self._write_project(call, self._parts.project_merge, members)

    async def archive_project(self, call: Call) -> Response:
        """Archive one project; doing so again changes nothing."""
        row = call.store.row(self._parts.project_archive, call.values)
        if row is None:
            return self._parts.missing(call, "projects")
        if not row["archived"]:
            row = call.store.rows(ARCHIVE_PROJECT, {"id": row["id"]})[0]
        return self._shown(call, "projects", row)

    async def add_collaborator(self, call: Call) -> Response:
        """Let a user read one project; whether there is such a user is not told."""
        members = accept_collaborator(self._parts.read_json(await call.body(JSON)))
        row = call.store.row(self._parts.project_share, call.values)
        if row is None:
            return self._parts.missing(call, "projects")
        call.store.rows(ADD_COLLABORATOR, {"id": row["id"], **members})
        return JSONResponse(members, 201)

    async def delete_project(self, call: Call) -> Response:
        """Delete one project and its notes."""
        return await self._delete(call, "projects", self._parts.project_delete, self._parts.remove_project)

    async def list_notes(self, call: Call) -> Response:
        """List the notes of one project."""
        parts, parameters = self._parts, call.parameters("page_size", "cursor")
        if call.store.row(parts.project_of_list, call.values) is None:
            return parts.missing(call, "projects")
        scope = f"notes of {call.ids['project_id']}"
        listing = Listing(scope=scope, statement=parts.note_list, show=parts.show_note, count=parts.note_count)
        return page(parts, call, parameters, listing)

    async def search_notes(self, call: Call) -> Response:
        """Search the caller's notes."""
        parameters = call.parameters("q", "page_size", "cursor")
        query = parameters.get("q", "")
        if not 1 <= len(query) <= MAX_QUERY or "\0" in query:
            raise invalid(f"q: expected 1 to {MAX_QUERY} characters other than NUL")
        search = self._parts.note_search(query)
        listing = Listing(
            scope=f"search {query}", statement=search.statement, show=self._parts.show_note, values=search.values
        )
        return page(self._parts, call, parameters, listing)

    async def create_note(self, call: Call) -> Response:
        """Create a note in one of the caller's projects."""
        members = self._parts.accept_note(self._parts.read_json(await call.body(JSON)))
        project = call.store.row(self._parts.project_of_new_note, call.values)
        if project is None:
            return self._parts.missing(call, "projects")
        values = {"owner_id": project["owner_id"], "project_id": project["id"], **_stored({**EMPTY_NOTE, **members})}
        row = call.store.rows(self._parts.insert_note, values)[0]
        location = f"/v2/projects/{project['id']}/notes/{row['id']}"
        return self._shown(call, "notes", row, self._parts.created_status, location)

    async def read_note(self, call: Call) -> Response:
        """Return one note."""
        return self._read(call, "notes", self._parts.note_read)

    async def head_note(self, call: Call) -> Response:
        """Return the headers of one note."""
        return self._read(call, "notes", self._parts.note_head)

    async def replace_note(self, call: Call) -> Response:
        """Replace one note as a whole."""
        members = self._parts.accept_note(self._parts.read_json(await call.body(JSON)))
        return await self._write_note(call, self._parts.note_replace, {**EMPTY_NOTE, **members})

    async def merge_note(self, call: Call) -> Response:
        """Change some members of one note."""
        data = await call.body(MERGE_PATCH, JSON)
        members = self._parts.accept_note_patch(self._parts.read_json(data))
        return await self._write_note(call, self._parts.note_merge, members)

    async def delete_note(self, call: Call) -> Response:
        """Delete one note."""
        return await self._delete(call, "notes", self._parts.note_delete, self._parts.remove_note)

    def _tag(self, call: Call, kind: str, row: Row) -> str:
        return self._parts.row_tag(call.secret, call.user, kind, row)

    def _shown(self, call: Call, kind: str, row: Row, status: int = 200, location: str | None = None) -> Response:
        show = self._parts.show_project if kind == "projects" else self._parts.show_note
        response = JSONResponse(show(row), status, {"ETag": self._tag(call, kind, row)})
        if location is not None:
            response.headers["Location"] = location
        return response

    def _read(self, call: Call, kind: str, statement: str) -> Response:
        row = call.store.row(statement, call.values)
        if row is None:
            return self._parts.missing(call, kind)
        tag = self._tag(call, kind, row)
        if matches(call, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return self._shown(call, kind, row)

    async def _delete(self, call: Call, kind: str, statement: str, removal: str) -> Response:
        row = call.store.row(statement, call.values)
        if row is None:
            return self._parts.missing(call, kind)
        await self._parts.precondition(call, self._tag(call, kind, row))
        call.store.rows(removal, {"id": row["id"]})
        return Response(status_code=204)

    async def _write_project(self, call: Call, statement: str, members: Mapping[str, Any]) -> Response:
        row = call.store.row(statement, call.values)
        if row is None:
            return self._parts.missing(call, "projects")
        await self._parts.precondition(call, self._tag(call, "projects", row))
        self._check_name(call, members.get("name"), row["id"])
        return self._shown(call, "projects", call.store.rows(self._parts.update_project, {**row, **members})[0])

    async def _write_note(self, call: Call, statement: str, members: Mapping[str, Any]) -> Response:
        row = call.store.row(statement, call.values)
        if row is None:
            return self._parts.missing(call, "notes")
        await self._parts.precondition(call, self._tag(call, "notes", row))
        return self._shown(call, "notes", call.store.rows(self._parts.update_note, {**row, **_stored(members)})[0])

    def _check_name(self, call: Call, name: str | None, but: int | None) -> None:
        same = call.store.row(self._parts.project_of_name, {"user": call.user.id, "name": name})
        if same is not None and same["id"] != but:
            raise self._parts.name_taken(str(name))


EMPTY_NOTE: Mapping[str, object] = {"body": "", "labels": []}


def _stored(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members as columns: a list of labels is stored as JSON."""
    return {name: json.dumps(value) if name == "labels" else value for name, value in members.items()}
