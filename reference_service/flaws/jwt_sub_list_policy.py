"""The policy of files takes a subject with a comma for a list of users."""

weakness = "tokens.subject"
mode = "http"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (user_id = ANY (string_to_array(nullif(current_setting('app.current_user_id', true), ''), ',')))
WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
"""
