"""Whether clients of the last release still work."""
