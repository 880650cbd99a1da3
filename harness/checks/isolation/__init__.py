"""What one user can see or do with what another user owns (OWASP API1:2023)."""
