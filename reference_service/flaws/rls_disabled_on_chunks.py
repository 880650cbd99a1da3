"""The table of chunks has a policy, but row-level security is off."""

from __future__ import annotations

weakness = "rls.disabled"
mode = "grey"
ddl = """
ALTER TABLE file_chunks DISABLE ROW LEVEL SECURITY
"""
