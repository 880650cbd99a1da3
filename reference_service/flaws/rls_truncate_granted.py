"""The service may TRUNCATE its tables, which no policy binds."""

weakness = "rls.side-door"
mode = "grey"
ddl = """
GRANT TRUNCATE ON memory_chunks, files, file_chunks TO knowledge_service
"""
