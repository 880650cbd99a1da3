"""A SECURITY DEFINER function that returns every file is there for every role to call."""

weakness = "rls.side-door"
mode = "grey"
ddl = """
CREATE FUNCTION every_file() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM files'
"""
