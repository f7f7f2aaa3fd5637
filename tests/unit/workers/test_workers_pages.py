"""Hostile pages through the real processes, under the limits that the daemon sets: each is
answered by the reader itself, in less memory than a worker may take, and the next page is read."""

import sys

import anyio
import pytest

from watcher.model.article import ExtractFailed, Extraction
from watcher.workers.pool import ProcessParsers

URL = "https://kronika.example/2026/03/10/ferry"
NOON = 1_773_144_000_000_000
TEXT = (
    "The evening ferry turned back an hour after it had left the harbour, because the waves on the"
    " strait were higher than the captain was allowed to cross with passengers on board. "
)
MEMORY = 300 << 20
MOST = 4_900_000


def whole(unit):
    return (unit * (MOST // len(unit.encode()))).encode()


PAGES = {
    "deep": b"<div>" * 50_000 + b"words",
    "deep-tables": b"<table><tr><td>" * 16_000 + b"words",
    "attributes": b"<p " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">words</p>",
    "table": whole("<tr><td>one two three</td><td>4</td></tr>"),
    "paragraphs": whole(f"<p>{TEXT}</p>"),
    "one-paragraph": b"<p>" + whole(TEXT),
    "line-breaks": whole("<br>x"),
    "figures": whole(f"<figure><figcaption>{TEXT}</figcaption></figure>"),
    "links": whole("<li><a href='/2026/03/09/a-b-c'>one two three four</a></li>"),
    "class-names": b"<div class='" + b"caption-" * 600_000 + b"!'>x</div>",
    "author-class": b"<div class='" + b"author" * 800_000 + b"!'>x</div>",
    "byline": b"<h1>x</h1><p>By " + b"Ana Doe and " * 400_000 + b"</p>",
    "date-blanks": b"<h1>x</h1><p>10" + b" " * 4_000_000 + b"March</p>",
    "cards": (
        f"<p>{TEXT}</p>"
        + "<div><a href=/2026/03/09/a-b-c><h3>one two three four</h3></a></div>" * 9_000
        + f"<p>{TEXT}</p>"
    ).encode(),
    "scripts": b'<script type=\'application/ld+json\'>{"datePublished":"' * 90_000 + b"x",
    "ends": b"<p>x</p></body>" * 300_000,
}


@pytest.fixture(autouse=True)
def _workers_do_not_load_pytest(monkeypatch):
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)


async def _read(pages):
    async with ProcessParsers(memory=MEMORY, processes=1) as parsers:
        return [await parsers.extract(body, URL, {}, NOON) for body in pages]


@pytest.mark.timeout(240)
def test_hostile_pages_are_answered_within_the_limits_and_cost_the_next_page_nothing():
    good = f"<html><body><article><h1>Ferry</h1>{f'<p>{TEXT}</p>' * 4}</article></body>".encode()
    bodies = [one for body in PAGES.values() for one in (body, good)]
    read = anyio.run(_read, bodies)
    # Only the reader itself refuses (WTC-ART-…), never the limits around it (WTC-WORK-…).
    broken = {
        name: found.code
        for name, found in zip(PAGES, read[::2], strict=True)
        if not isinstance(found, Extraction | ExtractFailed)
        or (isinstance(found, ExtractFailed) and not found.code.startswith("WTC-ART-"))
    }
    assert broken == {}
    assert all(isinstance(found, Extraction) and TEXT.strip() in found.body for found in read[1::2])
