"""Rate limits that hold, for the user they belong to and for nobody else (OWASP API4:2023)."""
