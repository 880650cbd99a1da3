"""A view that runs as its owner, whom the policy does not bind, lies unused beside the memories."""

weakness = "rls.side-door"
mode = "grey"
ddl = """
CREATE VIEW memory_report AS SELECT user_id, text, created_at FROM memory_chunks;
GRANT SELECT ON memory_report TO knowledge_service
"""
