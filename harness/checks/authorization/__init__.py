"""What a user may do and set, beyond owning an object (OWASP API3:2023 and API5:2023)."""
