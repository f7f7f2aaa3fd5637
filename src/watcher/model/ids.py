"""Identifiers. All derive from content, so that the same thing has the same id on every run.

Shape: a short prefix, `_`, and 20 characters of lower-case base32 (100 bits of BLAKE2b). They are
safe in URLs, header values, file names and the left part of a Message-ID.
"""

from __future__ import annotations

import base64
import hashlib

KEY_SHIFT = 22  # low bits of an article key, taken from its content id
LAST_MILLI = (1 << (63 - KEY_SHIFT)) - 2  # one below what fits: keys that are taken are counted up


def derive(prefix: str, *parts: str) -> str:
    """The id of what `parts` name; each part is length-prefixed, so no two lists collide."""
    digest = hashlib.blake2b(digest_size=13)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return f"{prefix}_{base64.b32encode(digest.digest()).decode('ascii').lower()[:20]}"


def feed_id(identity: str) -> str:
    """`identity`: the feed's `id:` in config.yaml, else its normalised configured URL."""
    return derive("f", identity)


def entry_id(feed: str, identity: str) -> str:
    return derive("e", feed, identity)


def article_id(canonical_key: str) -> str:
    """`canonical_key`: normalised canonical URL, or `id:…` for an imported text without a URL."""
    return derive("a", canonical_key)


def story_id(first_article: str) -> str:
    return derive("s", first_article)


def alert_id(topic: str, kind: str, article: str, revision: int) -> str:
    """The topic's name, never its version: an edited query repeats nothing."""
    return derive("al", topic, kind, article, str(revision))


def delivery_id(alert: str, channel: str) -> str:
    """Also the `webhook-id` and the left part of the `Message-ID`."""
    return derive("d", alert, channel)


def article_key(first_micros: int, article: str) -> int:
    """A time-ordered 63-bit key: milliseconds of the earlier of first seen and published, shifted
    left by 22 bits, plus bits of the content id (spec `storage` D4). Rowid order is news order, up
    to September 2039, where the milliseconds end; later articles all get the last one."""
    low = int.from_bytes(hashlib.blake2b(article.encode(), digest_size=4).digest(), "big")
    millis = min(max(0, first_micros // 1000), LAST_MILLI)
    return (millis << KEY_SHIFT) | (low & ((1 << KEY_SHIFT) - 1))
