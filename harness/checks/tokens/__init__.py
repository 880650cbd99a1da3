"""Tokens that no service may accept (OWASP API2:2023, RFC 8725)."""
