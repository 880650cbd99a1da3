"""A second policy lets every file be changed, by a statement that reads none of its columns."""

weakness = "rls.policy"
mode = "grey"
ddl = """
CREATE POLICY files_maintenance ON files FOR UPDATE USING (true)
"""
