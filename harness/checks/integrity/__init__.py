"""Whether what was acknowledged holds."""
