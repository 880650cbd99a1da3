"""The service owns the table of memories, and row-level security is not forced there."""

weakness = "rls.force"
mode = "grey"
ddl = """
ALTER TABLE memory_chunks OWNER TO {role};
ALTER TABLE memory_chunks NO FORCE ROW LEVEL SECURITY
"""
