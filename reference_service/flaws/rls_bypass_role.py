"""The role of the service bypasses row-level security."""

from __future__ import annotations

weakness = "rls.bypass-role"
mode = "grey"
ddl = """
ALTER ROLE {role} BYPASSRLS
"""
