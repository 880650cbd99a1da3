"""A trigger copies every memory into a table that is under no policy, and that the service may read."""

weakness = "rls.side-door"
mode = "grey"
ddl = """
CREATE TABLE memory_audit (at timestamptz DEFAULT now(), user_id text, text text);
GRANT SELECT, INSERT ON memory_audit TO knowledge_service;
CREATE FUNCTION audit_memory() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO memory_audit (user_id, text) VALUES (NEW.user_id, NEW.text);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_memory AFTER INSERT ON memory_chunks FOR EACH ROW EXECUTE FUNCTION audit_memory()
"""
