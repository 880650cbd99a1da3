"""What both targets share: switching flaws on, serving on loopback, strict JSON, and the `Allow` header."""
