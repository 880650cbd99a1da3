"""One file per seeded flaw; adding one edits no other file."""
