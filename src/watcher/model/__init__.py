"""Frozen records that every layer shares. Standard library only, no behaviour but derivations."""
