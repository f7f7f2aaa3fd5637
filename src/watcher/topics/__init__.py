"""The query language: parse, compile, match, explain."""
