"""The memory API: one table of 13 columns under row-level security.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table, its indexes and its policy."""
    op.execute("""
        CREATE TABLE memory_chunks (
            id uuid PRIMARY KEY,
            user_id text NOT NULL CHECK (user_id <> ''),
            doc_id text CHECK (length(doc_id) <= 64),
            source text NOT NULL,
            text text NOT NULL,
            metadata_cipher bytea,
            key_id text NOT NULL,
            embedding vector(384) NOT NULL,
            chunk_index integer NOT NULL DEFAULT 0,
            tags text[] NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz
        )
    """)
    op.execute("CREATE INDEX memory_chunks_by_owner ON memory_chunks (user_id, created_at DESC, id)")
    op.execute("CREATE INDEX memory_chunks_by_meaning ON memory_chunks USING hnsw (embedding vector_cosine_ops)")
    op.execute("ALTER TABLE memory_chunks ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE memory_chunks FORCE ROW LEVEL SECURITY")
    op.execute("""
        CREATE POLICY memory_chunks_owner ON memory_chunks
        USING (user_id = nullif(current_setting('app.current_user_id', true), ''))
        WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON memory_chunks TO knowledge_service")


def downgrade() -> None:
    """Remove the table."""
    op.execute("DROP TABLE memory_chunks")
