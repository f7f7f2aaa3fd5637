"""Whom to tell, when, in which words."""
