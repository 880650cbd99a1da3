"""Whether a log-in tells strangers who has an account (CWE-204)."""
