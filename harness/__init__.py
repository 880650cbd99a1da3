"""A test-and-verification harness for multi-user HTTP APIs."""
