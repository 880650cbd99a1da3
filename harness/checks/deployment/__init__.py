"""Whether what answers is what was released, and says how it is."""
