"""Credentials and personal fields in answers that should not hold them (OWASP API3:2023)."""
