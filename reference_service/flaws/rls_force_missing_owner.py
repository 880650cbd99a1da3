"""The service connects as the owner of the tables, and row-level security is not forced."""

from __future__ import annotations

weakness = "rls.force"
mode = "grey"
ddl = """
ALTER TABLE files OWNER TO {role};
ALTER TABLE file_chunks OWNER TO {role};
ALTER TABLE memory_chunks OWNER TO {role};
ALTER TABLE files NO FORCE ROW LEVEL SECURITY;
ALTER TABLE file_chunks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE memory_chunks NO FORCE ROW LEVEL SECURITY
"""
