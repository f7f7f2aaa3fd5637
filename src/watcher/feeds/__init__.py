"""What to poll, when, and what came back."""
