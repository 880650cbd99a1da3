"""A second policy lets everybody select every file and chunk."""

from __future__ import annotations

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE POLICY files_support ON files FOR SELECT USING (true);
CREATE POLICY file_chunks_support ON file_chunks FOR SELECT USING (true)
"""
