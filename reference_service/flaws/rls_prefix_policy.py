"""The policy compares only the beginning of the user id."""

weakness = "isolation.list"
mode = "http"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (left(user_id, 8) = left(nullif(current_setting('app.current_user_id', true), ''), 8))
WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
"""
