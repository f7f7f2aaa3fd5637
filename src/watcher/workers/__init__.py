"""The only door to untrusted parsing: killable processes with limits."""
