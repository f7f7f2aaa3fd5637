"""Which element may give which field of an entry, and which one did."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watcher.model.feed import ParsedEntry

ROLES = {
    role: name
    for name, roles in {
        "title": "title dc:title media:title",
        "id": "guid id rdf:about",
        "link": "link",
        "published": "pubdate published issued dcterms:issued",
        "updated": "updated modified lastbuilddate dc:date dcterms:modified",
        "author": "author managingeditor dc:creator dc:author itunes:author",
        "person": "author/name author/email managingeditor/name dc:creator/name",
        "summary": "description summary abstract dc:description itunes:summary media:description",
        "content": "content content:encoded",
        "tag": "category dc:subject keywords media:category itunes:category",
        "tags": "itunes:keywords media:keywords",
        "language": "language dc:language",
        "enclosure": "enclosure",
        "source": "source source/title source/link source/id",
    }.items()
    for role in roles.split()
}
_FIELDS = {
    "title": "title",
    "id": "id",
    "link": "url",
    "published": "published",
    "updated": "updated",
    "author": "authors",
    "person": "authors",
    "summary": "summary",
    "content": "content",
    "tag": "tags",
    "tags": "tags",
    "language": "language",
    "enclosure": "enclosures",
    "source": "source",
}
_ELEMENT = re.compile(rb"<((?:[A-Za-z]{1,8}:)?[A-Za-z]{1,20})[\s/>]")


def candidates(body: bytes) -> Mapping[str, str]:
    """The elements that may have given each field, as far as they stand in `body` at all, parted
    by `|`: feedparser does not say which one it took."""
    found: dict[str, list[str]] = {}
    for tag in sorted(set(_ELEMENT.findall(body))):
        name = tag.decode("ascii").lower().removeprefix("atom:")
        role = ROLES.get(name)
        if role is not None:
            found.setdefault(_FIELDS[role], []).append(name)
    return {field: "|".join(dict.fromkeys(names)) for field, names in found.items()}


def told(entry: ParsedEntry, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Of the fields that the entry has, where each came from."""
    return tuple((field, given[field]) for field in given if getattr(entry, field))
