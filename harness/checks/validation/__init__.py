"""What becomes of input that nobody expects."""
