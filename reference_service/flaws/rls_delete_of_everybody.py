"""A second policy lets every memory be deleted, by a statement that reads none of its columns."""

weakness = "rls.policy"
mode = "grey"
ddl = """
CREATE POLICY memory_chunks_expiry ON memory_chunks FOR DELETE USING (true)
"""
