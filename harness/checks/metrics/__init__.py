"""Whether the figures that people watch are true."""
