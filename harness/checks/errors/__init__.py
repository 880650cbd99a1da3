"""What errors give away, and whether clients can use them."""
