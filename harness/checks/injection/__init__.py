"""Input that becomes code (CWE-74)."""
