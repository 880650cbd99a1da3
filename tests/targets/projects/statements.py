"""The SQL of the service: every statement that serves a user names the owner, and reads newest first."""

from __future__ import annotations

SCHEMA = """
PRAGMA foreign_keys = ON;
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    key_digest TEXT NOT NULL UNIQUE
);
CREATE TABLE projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER NOT NULL REFERENCES users (id),
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    labels TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE collaborators (
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX projects_owner ON projects (owner_id, id);
CREATE INDEX notes_project ON notes (project_id, id);
"""

PROJECT = "SELECT * FROM projects WHERE id = :project_id AND owner_id = :user"
PROJECT_READABLE = """
SELECT * FROM projects WHERE id = :project_id AND (
    owner_id = :user OR EXISTS (SELECT 1 FROM collaborators WHERE project_id = projects.id AND user_id = :user)
)
"""
PROJECT_UNCHECKED = "SELECT * FROM projects WHERE id = :project_id"
NOTE = "SELECT * FROM notes WHERE id = :note_id AND project_id = :project_id AND owner_id = :user"
NOTE_UNCHECKED = "SELECT * FROM notes WHERE id = :note_id AND project_id = :project_id"

PROJECTS = "SELECT * FROM projects WHERE owner_id = :user AND id < :before ORDER BY id DESC LIMIT :limit"
PROJECTS_COUNT = "SELECT count(*) FROM projects WHERE owner_id = :user"
NOTES = """
SELECT * FROM notes WHERE project_id = :project_id AND owner_id = :user AND id < :before
ORDER BY id DESC LIMIT :limit
"""
NOTES_COUNT = "SELECT count(*) FROM notes WHERE project_id = :project_id AND owner_id = :user"
NOTES_FOUND = """
SELECT * FROM notes
WHERE owner_id = :user AND id < :before AND (instr(title, :q) > 0 OR instr(body, :q) > 0)
ORDER BY id DESC LIMIT :limit
"""
PROJECT_OF_NAME = "SELECT id FROM projects WHERE owner_id = :user AND name = :name"

INSERT_PROJECT = """
INSERT INTO projects (owner_id, name, description) VALUES (:owner_id, :name, :description) RETURNING *
"""
INSERT_NOTE = """
INSERT INTO notes (owner_id, project_id, title, body, labels)
VALUES (:owner_id, :project_id, :title, :body, :labels) RETURNING *
"""
UPDATE_PROJECT = """
UPDATE projects SET owner_id = :owner_id, name = :name, description = :description, version = version + 1
WHERE id = :id RETURNING *
"""
UPDATE_NOTE = """
UPDATE notes SET owner_id = :owner_id, title = :title, body = :body, labels = :labels, version = version + 1
WHERE id = :id RETURNING *
"""
ADD_COLLABORATOR = "INSERT OR IGNORE INTO collaborators (project_id, user_id) VALUES (:id, :user_id)"
ARCHIVE_PROJECT = "UPDATE projects SET archived = 1, version = version + 1 WHERE id = :id RETURNING *"
DELETE_PROJECT = "DELETE FROM projects WHERE id = :id"
DELETE_NOTE = "DELETE FROM notes WHERE id = :id"
