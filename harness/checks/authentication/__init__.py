"""Operations that must not answer without a credential (OWASP API2:2023)."""
