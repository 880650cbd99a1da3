"""Which web pages may read answers."""
