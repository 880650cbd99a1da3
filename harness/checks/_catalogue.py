"""What grey-box checks ask a PostgreSQL in the same words, whatever its tables are."""

NAMED = "EXISTS (SELECT FROM jsonb_each_text(to_jsonb(r)) AS columns WHERE columns.value = $1)"
"""Whether a row `r` names an identifier in any of its columns."""
