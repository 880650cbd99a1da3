"""Whether each request can be found again (CWE-778)."""
