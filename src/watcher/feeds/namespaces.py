"""Short names of the elements that feeds are made of, whatever prefix a feed gives them."""

from __future__ import annotations

from functools import lru_cache

ATOM_10 = "http://www.w3.org/2005/atom"
ATOM_03 = "http://purl.org/atom/ns#"
RSS_10 = "http://purl.org/rss/1.0/"
RSS_09 = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"

# Compared in lower case: publishers write them as they please. RSS and Atom share their names.
_PREFIXES = {
    "": "",
    ATOM_10: "",
    ATOM_03: "",
    RSS_10: "",
    RSS_09: "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    RDF: "rdf:",
    XHTML: "xhtml:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}


@lru_cache(maxsize=4096)
def short_name(name: str) -> str:
    """expat's `URI local` as `prefix:local` in lower case; `?:local` in a namespace that says
    nothing of news."""
    uri, _, local = name.rpartition(" ")
    prefix = _PREFIXES.get(uri.lower())
    return f"?:{local}" if prefix is None else prefix + local.lower()


def is_odd(prefix: str, uri: str) -> bool:
    """A usual prefix for an address that is not its own: a publisher's slip."""
    return uri.lower() not in _PREFIXES and f"{prefix}:" in _USUAL


_USUAL = frozenset(_PREFIXES.values()) - {"", "rdf:", "xhtml:"}
