"""The role of the service is a superuser."""

from __future__ import annotations

weakness = "rls.bypass-role"
mode = "grey"
ddl = """
ALTER ROLE {role} SUPERUSER
"""
