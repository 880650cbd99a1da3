"""The table of memories has a policy, but row-level security is off."""

weakness = "rls.disabled"
mode = "grey"
ddl = """
ALTER TABLE memory_chunks DISABLE ROW LEVEL SECURITY
"""
