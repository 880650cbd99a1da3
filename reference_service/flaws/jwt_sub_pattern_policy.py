"""The policy of files compares with LIKE, so that a subject with a wildcard in it sees the files of others."""

weakness = "tokens.subject"
mode = "http"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (user_id LIKE nullif(current_setting('app.current_user_id', true), ''))
WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
"""
