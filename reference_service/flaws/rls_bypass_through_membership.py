"""The role of the service is a member of one that bypasses row-level security, and takes it on at will."""

weakness = "rls.bypass-role"
mode = "grey"
ddl = """
DO $$
DECLARE auditor text := current_database() || '_support';
BEGIN
    EXECUTE format('CREATE ROLE %I NOLOGIN BYPASSRLS', auditor);
    EXECUTE format('GRANT knowledge_service TO %I', auditor);
    EXECUTE format('GRANT %I TO {role} WITH INHERIT FALSE, SET TRUE', auditor);
END $$
"""
