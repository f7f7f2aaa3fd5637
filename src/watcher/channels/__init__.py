"""The only door to people."""
