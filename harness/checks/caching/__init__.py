"""Who may keep a private answer."""
