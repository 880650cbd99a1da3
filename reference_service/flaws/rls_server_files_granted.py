"""The role of the service may read the files of the server that the database runs on."""

weakness = "rls.bypass-role"
mode = "grey"
ddl = """
GRANT pg_read_server_files TO {role}
"""
