"""A SECURITY DEFINER function that returns the memory of any identifier is there for every role to call."""

weakness = "rls.side-door"
mode = "grey"
ddl = """
CREATE FUNCTION find_memory(wanted uuid) RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks WHERE id = wanted'
"""
