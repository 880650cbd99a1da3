"""The policy of chunks hides those of others, and lets chunks be given to anybody."""

weakness = "rls.policy"
mode = "grey"
ddl = """
ALTER POLICY file_chunks_owner ON file_chunks WITH CHECK (true)
"""
