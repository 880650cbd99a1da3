"""Whether answers are what the document promises (OWASP API9:2023)."""
