"""A second policy lets a user give files to another one, though not add them for one."""

weakness = "rls.policy"
mode = "grey"
ddl = """
CREATE POLICY files_handover ON files FOR UPDATE
USING (user_id = nullif(current_setting('app.current_user_id', true), ''))
WITH CHECK (true)
"""
