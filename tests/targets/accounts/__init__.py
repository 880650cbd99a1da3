"""The accounts service: sign-up, login, sessions by cookie, roles, lock-out, and items that may be public."""
