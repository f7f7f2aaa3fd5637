"""Pages per CPU second with body, metadata, captions and links together, against trafilatura
alone with its default settings, on the fixture newsroom and, where WATCHER_CORPORA is set, on real
pages; there also how well the text is read, beside every other extractor that is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import Any

from bench import pages
from bench.harness import Figure, cpu, figure, ratios

RUNS = 5
NOW = 1_790_000_000_000_000
TIMED, JUDGED = 60, 100  # pages, spread over the set


@dataclass(frozen=True, slots=True)
class Read:
    """What an extractor says of a page; None where it offers no such thing."""

    body: str
    date: str | None = None
    authors: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Extractor:
    """One of those compared; `module` must be there for it to run."""

    name: str
    module: str
    read: Callable[[bytes, str], Read]


@dataclass(slots=True)
class Row:
    """One extractor's figures over the judged pages: means, and CPU seconds a page."""

    name: str
    body: float
    date: float | None
    author: float | None
    seconds: float


def figures() -> Iterator[Figure]:
    newsroom = Path(__file__).resolve().parents[1] / "fixtures" / "newsroom"
    yield _figure("extraction, newsroom", [one.read_bytes() for one in newsroom.rglob("*.html")])
    if corpora := os.environ.get("WATCHER_CORPORA"):
        judged = pages.pages(Path(corpora) / "pages" / "articles")
        yield _figure("extraction, real pages", [one.body() for one in _spread(judged, TIMED)])
        yield from _compared([_row(one, _spread(judged, JUDGED)) for one in _there()])


def _figure(name: str, bodies: list[bytes]) -> Figure:
    held = ratios(lambda: cpu(lambda: _theirs(bodies)), lambda: cpu(lambda: _ours(bodies)), RUNS)
    peer, unit = "trafilatura, default", "pages per CPU second"
    return figure(name, peer, unit, held, bar=0.8, at_least=True, goal=0.9)


def _ours(bodies: list[bytes]) -> None:
    for body in bodies:
        _watcher(body, "https://example.org/2026/03/10/a-page")


def _theirs(bodies: list[bytes]) -> None:
    for body in bodies:
        _trafilatura()(body, "")


def _spread(judged: Sequence[pages.Judged], most: int) -> list[pages.Judged]:
    return list(judged[:: max(1, len(judged) // most)])


def _there() -> list[Extractor]:
    """Ours first. Those that are not installed are named, for the table would seem whole."""
    missing = sorted({one.module for one in EXTRACTORS if find_spec(one.module) is None})
    if missing:
        print(f"not installed, so not compared: {', '.join(missing)}")
    return [one for one in EXTRACTORS if one.module not in missing]


def _row(extractor: Extractor, judged: Sequence[pages.Judged]) -> Row:
    found: list[tuple[pages.Judged, Read]] = []
    bodies = [(one, one.body()) for one in judged]

    def work() -> None:
        found.clear()
        found.extend((one, _tried(extractor, body, one.url)) for one, body in bodies)

    _tried(extractor, bodies[0][1], bodies[0][0].url)  # what it loads with its first page
    seconds = cpu(work) / len(judged)
    texts = [pages.overlap(read.body, one.marks["body"])[2] for one, read in found]
    return Row(extractor.name, fmean(texts), _dates(found), _authors(found), seconds)


def _tried(extractor: Extractor, body: bytes, url: str) -> Read:
    try:
        return extractor.read(body, url)
    except Exception:  # what breaks an extractor is a page that it did not read
        return Read("")


def _dates(found: Sequence[tuple[pages.Judged, Read]]) -> float | None:
    wanted = [(one.marks["date"], read.date) for one, read in found if one.marks.get("date")]
    if all(said is None for _, said in wanted):
        return None
    return fmean((said or "").startswith(day) for day, said in wanted)


def _authors(found: Sequence[tuple[pages.Judged, Read]]) -> float | None:
    asked = [(one.marks["author"], read.authors) for one, read in found if "author" in one.marks]
    if all(said is None for _, said in asked):
        return None
    return fmean(pages.same_people(said or (), marked) for marked, said in asked)


def _compared(rows: Sequence[Row]) -> Iterator[Figure]:
    """The table, and ours as a ratio of each peer's."""
    base = next((one.seconds for one in rows if one.name == "trafilatura, default"), 1.0)
    for one in rows:
        date, author = ("–" if x is None else f"{x:.3f}" for x in (one.date, one.author))
        speed = f"{1 / one.seconds:.0f} pages a CPU second ({base / one.seconds:.2f})"
        print(f"  {one.name:26} body F1 {one.body:.3f}  date {date}  author {author}  {speed}")
    ours, *peers = rows
    for one in peers:
        yield _ratio("body", one.name, "word F1", ours.body, one.body, bar=0.98)
        if one.date is not None and ours.date is not None:
            yield _ratio("date", one.name, "share of days", ours.date, one.date, bar=0.95)
        if one.author is not None and ours.author is not None:
            yield _ratio("author", one.name, "share of sets", ours.author, one.author, bar=1)


def _ratio(what: str, peer: str, unit: str, ours: float, theirs: float, bar: float) -> Figure:
    name = f"{what}, beside {peer}"
    return figure(name, peer, unit, [ours / (theirs or 1)], bar=bar, at_least=True)


def _watcher(body: bytes, url: str) -> Read:
    from watcher.articles.extract import extract
    from watcher.model.article import Extraction

    found = extract(body, url, {}, pages.FETCHED)
    if not isinstance(found, Extraction):
        return Read("")
    return Read(found.body, found.published.text[:10] if found.published else "", found.byline)


def _trafilatura(**options: bool) -> Callable[[bytes, str], Read]:
    def read(body: bytes, url: str) -> Read:
        from trafilatura import bare_extraction

        found: Any = bare_extraction(body, url=url or None, with_metadata=True, **options)
        if found is None:
            return Read("", "", ())
        return Read(found.text or "", found.date or "", pages.people(found.author or ""))

    return read


def _readability(body: bytes, url: str) -> Read:
    from lxml import html
    from readability import Document

    summary = html.fromstring(Document(_text(body)).summary())
    return Read("\n".join(summary.itertext()))


def _newspaper(body: bytes, url: str) -> Read:
    from newspaper import Article

    article = Article(url or pages.NOWHERE, fetch_images=False)
    article.download(input_html=_text(body))
    article.parse()
    day = article.publish_date.date().isoformat() if article.publish_date else ""
    return Read(article.text, day, article.authors)


def _resiliparse(body: bytes, url: str) -> Read:
    from resiliparse.extract.html2text import extract_plain_text

    return Read(extract_plain_text(_text(body), main_content=True))


def _text(body: bytes) -> str:
    """The markup as text: an encoding that an extractor does not guess is not what is compared."""
    from watcher.articles.decode import markup

    text = markup(body, {})
    return text if isinstance(text, str) else ""


EXTRACTORS = (
    Extractor("watcher", "watcher", _watcher),
    Extractor("trafilatura, default", "trafilatura", _trafilatura()),
    Extractor("trafilatura, precision", "trafilatura", _trafilatura(favor_precision=True)),
    Extractor("trafilatura, fast", "trafilatura", _trafilatura(fast=True)),
    Extractor("readability-lxml", "readability", _readability),
    Extractor("newspaper4k", "newspaper", _newspaper),
    Extractor("resiliparse", "resiliparse", _resiliparse),
)
