"""The knowledge API: files and their chunks under row-level security, and the job table.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

POLICY = """
    CREATE POLICY {table}_owner ON {table}
    USING (user_id = nullif(current_setting('app.current_user_id', true), ''))
    WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
"""


def upgrade() -> None:
    """Create the tables, their indexes and policies, and what the service may do with them."""
    op.execute("""
        CREATE TABLE files (
            file_id uuid PRIMARY KEY,
            user_id text NOT NULL CHECK (user_id <> ''),
            key_id text NOT NULL,
            title bytea NOT NULL,
            description bytea NOT NULL,
            tags bytea NOT NULL,
            metadata bytea NOT NULL,
            tag_digests bytea[] NOT NULL,
            source text NOT NULL,
            mime_type text NOT NULL,
            size_bytes bigint NOT NULL,
            status text NOT NULL,
            chunks_count integer NOT NULL DEFAULT 0,
            rerank boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            indexed_at timestamptz
        )
    """)
    op.execute("CREATE INDEX files_by_owner ON files (user_id, created_at DESC, file_id)")
    op.execute("""
        CREATE TABLE file_chunks (
            chunk_id uuid PRIMARY KEY,
            file_id uuid NOT NULL REFERENCES files ON DELETE CASCADE,
            user_id text NOT NULL CHECK (user_id <> ''),
            chunk_index integer NOT NULL,
            position integer NOT NULL,
            key_id text NOT NULL,
            text bytea NOT NULL,
            embedding_model text NOT NULL,
            embedding vector(384) NOT NULL,
            UNIQUE (file_id, chunk_index)
        )
    """)
    op.execute("CREATE INDEX file_chunks_by_owner ON file_chunks (user_id)")
    op.execute("CREATE INDEX file_chunks_by_meaning ON file_chunks USING hnsw (embedding vector_cosine_ops)")
    op.execute("""
        CREATE TABLE index_jobs (
            file_id uuid PRIMARY KEY REFERENCES files ON DELETE CASCADE,
            user_id text NOT NULL,
            state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
    """)
    op.execute("CREATE INDEX index_jobs_open ON index_jobs (created_at) WHERE state IN ('queued', 'running')")
    for table in ("files", "file_chunks"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(POLICY.format(table=table))
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON files, file_chunks TO knowledge_service")
    op.execute("GRANT SELECT, INSERT, UPDATE ON index_jobs TO knowledge_service")


def downgrade() -> None:
    """Remove the tables."""
    for table in ("index_jobs", "file_chunks", "files"):
        op.execute(f"DROP TABLE {table}")
