"""Whether an answer gives away that another user's object exists (CWE-203)."""
