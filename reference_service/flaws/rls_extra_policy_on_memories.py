"""A second policy lets everybody select every memory that is tagged."""

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE POLICY memory_chunks_tagged ON memory_chunks FOR SELECT USING (cardinality(tags) > 0)
"""
