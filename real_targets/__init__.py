"""Well-known servers that nobody here wrote, installed from the package registries and verified on loopback."""
