"""The policy of memories lets rows be written for anybody (WITH CHECK true); no path does so yet."""

weakness = "rls.policy"
mode = "grey"
ddl = """
DROP POLICY memory_chunks_owner ON memory_chunks;
CREATE POLICY memory_chunks_owner ON memory_chunks
USING (user_id = nullif(current_setting('app.current_user_id', true), ''))
WITH CHECK (true)
"""
