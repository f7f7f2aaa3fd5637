"""Bodies that mean harm, or were made by nobody who meant well (spec `polling` §2.3, check 57)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
_LAUGHS = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + _ENTITIES + b"]>"
_QUADRATIC = b'<!DOCTYPE r [<!ENTITY j "' + b"a" * 100_000 + b'">]>'
_FILE = b'<!DOCTYPE r [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
_HTTP = b'<!DOCTYPE r [<!ENTITY j SYSTEM "http://127.0.0.1:9/">]>'
_PARAMETER = b'<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/hosts">%p;]>'
_JAY = b"<item><title>x" + b"&j;" * 1000 + b"</title></item>"
_ATTRIBUTES = b" ".join(b'a%d="1"' % n for n in range(100_000))
_ITEM = b"<item><title>t%d</title><link>https://a.example/%d</link><guid>%d</guid></item>"
_ACCENTS = "<item><title>Über Straßen – Čačak</title><guid>1</guid></item>"


def rss(inside: bytes, head: bytes = b"") -> bytes:
    return head + b'<rss version="2.0"><channel><title>t</title>' + inside + b"</channel></rss>"


def _text(markup: bytes) -> bytes:
    return rss(b"<item><guid>1</guid><description><![CDATA[" + markup + b"]]></description></item>")


def _items(size: int) -> bytes:
    made, n = [], 0
    while size > 0:
        made.append(_ITEM % (n, n, n) + b" " * 900)
        size, n = size - len(made[-1]), n + 1
    return rss(b"".join(made))


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "attributes": lambda: rss(b"<item " + _ATTRIBUTES + b"/>"),
    "attributes, broken": lambda: rss(b"& <item " + _ATTRIBUTES + b"/>"),
    "namespaces": lambda: rss(b"".join(b'<a xmlns:n%d="u%d"/>' % (n, n) for n in range(50_000))),
    "depth": lambda: rss(b"<a>" * 200_000),
    "depth, closed": lambda: rss(b"<a>" * 200_000 + b"</a>" * 200_000),
    "items": lambda: _items(10_000_000),  # what the fetcher's cap leaves of 50 MB
    "items, empty": lambda: rss(b"<item/>" * 140_000),
    "billion laughs": lambda: rss(_JAY, _LAUGHS),
    "quadratic": lambda: rss(_JAY, _QUADRATIC),
    "file": lambda: rss(_JAY, _FILE),
    "http": lambda: rss(_JAY, _HTTP),
    "parameter entity": lambda: rss(_JAY, _PARAMETER),
    "cdata": lambda: rss(b"<item><title><![CDATA[" * 30_000),
    "entity, then CDATA": lambda: rss(b"&nope;" + b"<![CDATA[" * 110_000),
    "bare ampersands": lambda: rss(b"<item><title>" + b"& " * 490_000 + b"</title></item>"),
    "after the end": lambda: rss(b"") + b"<script>" * 120_000,
    "declaration": lambda: b"<?xml " + b"encoding " * 110_000 + b"?>" + rss(b""),
    "comments": lambda: b"<rss>" + b"<!--" * 300_000,
    "instructions": lambda: b"<rss>" + b"<?x " * 300_000,
    "doctype": lambda: b"<!DOCTYPE x [" + b"<!ENTITY " * 200_000,
    "Latin-1 that is UTF-8": lambda: (
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss(_ACCENTS.encode())
    ),
    "UTF-8 that is Windows-1252": lambda: (
        b'<?xml version="1.0" encoding="utf-8"?>' + rss(_ACCENTS.encode("cp1252", "replace"))
    ),
    "UTF-16 without a mark": lambda: rss(_ACCENTS.encode()).decode().encode("utf-16-le"),
    "NUL": lambda: rss(b"<item><title>a\x00b</title><guid>1</guid></item>"),
    "path": lambda: b"/etc/passwd",
    "address": lambda: b"http://127.0.0.1:9/feed",
    "long guid": lambda: rss(b"<item><guid>" + b"g" * 1_000_000 + b"</guid></item>"),
    "long date": lambda: rss(b"<item><pubDate>" + b"1" * 1_000_000 + b"</pubDate></item>"),
    "author": lambda: rss(b"<item><author>" + b"a" * 900_000 + b"@</author></item>"),
    "author, broken": lambda: rss(b"&<item><author>" + b"a" * 900_000 + b"@</author></item>"),
    "authors": lambda: rss(b"<item>" + b"<author>a@b.example (A)</author>" * 30_000 + b"</item>"),
    "title of tags": lambda: rss(b"<item><title>" + b"&lt;a " * 160_000 + b"</title></item>"),
    "title of entities": lambda: rss(b"<item><title>" + b"&amp;#" * 160_000 + b"</title></item>"),
    "tags": lambda: rss(b"<item>" + b"<category>a</category>" * 45_000 + b"</item>"),
    "open tags": lambda: _text(b"<div>" * 190_000),
    "unclosed tags": lambda: _text(b"<a " * 300_000),
    "unclosed quotes": lambda: _text(b'<a b="' * 160_000),
    "unclosed comments": lambda: _text(b"<!--" * 240_000),
    "unclosed scripts": lambda: _text(b"<script>" * 120_000 + b"</script x"),
    "unclosed frames": lambda: _text(b"<iframe " * 120_000 + b"</iframe"),
    "unclosed drawings": lambda: _text(b"<svg ><g " * 100_000 + b"</svg"),
    "drawings in drawings": lambda: _text(b"<svg>" * 50_000 + b"<template></template>" * 30_000),
    "tables": lambda: _text(b"<table><tr><td>" * 60_000),
    "entities": lambda: _text(b"<p>" + b"&lt;" * 240_000),
    "breaks": lambda: _text(b"<br>" * 240_000),
    "white space": lambda: _text(b"a" + b" \n" * 480_000 + b"b"),
    "spaces": lambda: rss(b"<item><title>a" + b" \t" * 480_000 + b"b</title></item>"),
    "address of slashes": lambda: rss(
        b"<item><link>https://a.example/" + b"/../a" * 190_000 + b"</link></item>"
    ),
    "bases": lambda: (
        b'<feed xmlns="http://www.w3.org/2005/Atom">'
        + b'<a xml:base="x/../y/">' * 190
        + b'<entry><link href="z"/></entry>' * 30_000
    ),
    "links of nothing": lambda: rss(b"<item>" + b"<link/>" * 130_000 + b"</item>"),
    "enclosures": lambda: rss(b"<item>" + b'<enclosure url="a"/>' * 45_000 + b"</item>"),
    "dates": lambda: rss(b"<item><pubDate>Mon, 1 Jan 0 x</pubDate></item>" * 20_000),
    "words of a date": lambda: rss(b"<item><pubDate>" + b"Mon, " * 180_000 + b"</pubDate></item>"),
    "languages": lambda: rss(b"<item><language>" + b"en-" * 300_000 + b"</language></item>"),
    "JSON, deep": lambda: (
        b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 500_000
    ),
    "JSON, digits": lambda: (
        b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + b"9" * 900_000 + b"}]}"
    ),
    "JSON, items": lambda: (
        b'{"version":"https://jsonfeed.org/version/1.1","items":['
        + b",".join([b'{"id":"1","url":"x","content_html":"<p>a"}'] * 20_000)
        + b"]}"
    ),
}
