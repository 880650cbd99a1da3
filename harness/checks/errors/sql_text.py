"""SQL, or the words of a database or its driver, in an error (CWE-209) map the way for an injection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._disclosure import Clue, Sensitive, disclosed, first
from harness.checks._watching import StatusWatcher
from harness.model import Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab

DRIVERS = (
    "asyncpg", "psycopg", "psycopg2", "sqlalchemy", "sqlite3", "pymysql", "MySQLdb", "aiomysql", "pymongo", "cx_Oracle",
    "pyodbc",
)  # fmt: skip
CLUES = (
    Clue.of(r"\bSELECT\b[^\n]{1,500}\bFROM\b", "SELECT"),
    Clue.of(r"\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE [\w.\"`]{1,100} SET\b", "INSERT INTO", "DELETE FROM", "UPDATE "),
    Clue.of(rf"\b(?:{'|'.join(DRIVERS)})\.[\w.]+", *(f"{driver}." for driver in DRIVERS)),
    Clue.of(
        r"\bSQLSTATE\b|\bORA-\d{5}\b|\bPG::\w+|\bPDOException\b|\bjava\.sql\.\w+|\borg\.(?:hibernate|postgresql)\.\w+",
        *("SQLSTATE", "ORA-", "PG::", "PDOException", "java.sql.", "org.hibernate.", "org.postgresql."),
    ),
    Clue.of(
        r"syntax error at or near|near \"[^\"]*\": syntax error|You have an error in your SQL syntax",
        *("syntax error", "SQL syntax"),
    ),
    Clue.of(
        r"unterminated quoted string|invalid input syntax for type|relation \"[^\"]*\" does not exist",
        *("unterminated quoted string", "invalid input syntax", "does not exist"),
    ),
    Clue.of(
        r"violates (?:unique|foreign key|check|not-null) constraint|(?:UNIQUE|FOREIGN KEY) constraint failed",
        *(" constraint",),
    ),
    Clue.of(r"duplicate key value|Duplicate entry '[^']*' for key", "duplicate key value", "Duplicate entry"),
)
EXAMPLES = (
    "SELECT id, owner FROM things WHERE id = $1",
    'duplicate key value violates unique constraint "things_name"',
    "(sqlite3.IntegrityError) UNIQUE constraint failed: things.name",
    'syntax error at or near "\'"',
)


@watcher(severity=Severity.HIGH, catches=["errors.sql"], owasp="API8:2023", cwe=209)
def sql_text(lab: Lab) -> Sensitive:
    """No error holds SQL, or what a database said."""
    look = first(CLUES)
    watch = StatusWatcher(
        lab=lab,
        subject="SQL text",
        claim="errors without SQL",
        judge=lambda seen: disclosed(seen, "SQL text", look),
        front=True,
    )
    return Sensitive(watch, look, EXAMPLES)
