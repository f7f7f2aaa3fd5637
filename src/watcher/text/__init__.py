"""Pure text work: addresses, one fold for all, tokens, dates, hashes."""
