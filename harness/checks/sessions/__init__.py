"""Sessions that end when they should and cannot be guessed or chosen by others (OWASP API2:2023)."""
