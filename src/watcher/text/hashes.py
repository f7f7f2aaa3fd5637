"""Content hashes: 128 bits of BLAKE2b as 32 lower-case hex digits."""

from __future__ import annotations

import hashlib

from watcher.text.normalise import fold

_SIZE = 16


def text_hash(*parts: str) -> str:
    """Equal for texts that differ only in what `fold` levels: case, accents, quotes, spacing.

    Each part is length-prefixed, so that moving a word from one part to the next changes the hash.
    """
    digest = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        raw = fold(part).encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()


def bytes_hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=_SIZE).hexdigest()
