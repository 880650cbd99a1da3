"""The policy does not look at the letter case of user ids."""

weakness = "tokens.subject"
mode = "http"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (lower(user_id) = lower(nullif(current_setting('app.current_user_id', true), '')))
WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
"""
