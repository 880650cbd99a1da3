"""What is encrypted at rest: bound to its place, tamper-proof, and under a nonce of its own."""
