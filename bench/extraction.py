"""Pages per CPU second with body, metadata, captions and links together, against trafilatura
alone with its default settings, on the fixture newsroom (and on real pages where WATCHER_CORPORA
is set)."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Figure, cpu, figure, ratios

RUNS = 5
NOW = 1_790_000_000_000_000


def figures() -> Iterator[Figure]:
    newsroom = Path(__file__).resolve().parents[1] / "fixtures" / "newsroom"
    pages = [path.read_bytes() for path in sorted(newsroom.rglob("*.html"))]
    yield _figure("extraction, newsroom", pages)
    if corpora := os.environ.get("WATCHER_CORPORA"):
        yield _figure("extraction, real pages", list(_real(Path(corpora) / "pages" / "articles")))


def _figure(name: str, pages: list[bytes]) -> Figure:
    held = ratios(lambda: cpu(lambda: _theirs(pages)), lambda: cpu(lambda: _ours(pages)), RUNS)
    peer, unit = "trafilatura, default", "pages per CPU second"
    return figure(name, peer, unit, held, bar=0.8, at_least=True, goal=0.9)


def _ours(pages: list[bytes]) -> None:
    from watcher.articles.extract import extract

    for page in pages:
        extract(page, "https://example.org/2026/03/10/a-page", {}, NOW)


def _theirs(pages: list[bytes]) -> None:
    from trafilatura import bare_extraction

    for page in pages:
        bare_extraction(page, with_metadata=True)


def _real(folder: Path) -> Iterator[bytes]:
    lines = [line for line in (folder / "pages.jsonl").read_text("utf-8").split("\n") if line]
    for line in lines[:: max(1, len(lines) // 60)]:
        raw = (folder / json.loads(line)["path"]).read_bytes()
        yield gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
