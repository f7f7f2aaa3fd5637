"""How well pages are read: scores against what people marked (`python -m bench.pages`).

Word F1 counts words as often as they stand there, not in order; a word is a run of letters and
digits, in scripts without blanks a single character. Pages are scored in two processes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FETCHED = 1_795_000_000_000_000  # microseconds: after every page of the sets
NOWHERE = "https://unknown.example/page"
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]|\w+")
_BARE = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"\s*(?:;|,|&|\band\b|\|)\s*")
_DEGREE = re.compile(r"(?:[A-Z][\w.-]*[A-Z.]|[A-Z]{1,5}\W?\d*|Ph\.?D\.?|M\.?D\.?)\Z")


@dataclass(frozen=True, slots=True)
class Judged:
    """One page of a set with what people marked on it."""

    id: str
    url: str
    path: Path
    marks: dict[str, Any]

    def body(self) -> bytes:
        raw = self.path.read_bytes()
        return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw


@dataclass(slots=True)
class Score:
    """One page's figures; None where the set says nothing of it. Counts are of links and captions:
    (right, wrong, missed)."""

    id: str
    url: str
    words: float | None = None
    precision: float | None = None
    recall: float | None = None
    title: bool | None = None
    author: bool | None = None
    date: bool | None = None
    captions: tuple[int, int, int] | None = None
    leaks: int = 0
    related: tuple[int, int, int] | None = None
    strict: tuple[int, int, int] | None = None
    inline: tuple[int, int] | None = None  # right, of how many
    clean: bool | None = None
    method: str = ""
    notes: list[str] = field(default_factory=list)


def pages(folder: Path) -> list[Judged]:
    lines = (folder / "pages.jsonl").read_text("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    return [Judged(r["id"], r["url"] or NOWHERE, folder / r["path"], r) for r in rows]


def digest(folder: Path) -> str:
    """Of the marks and the pages' sizes: a floor holds for the set it was measured on."""
    found = hashlib.sha256((folder / "pages.jsonl").read_bytes())
    for page in pages(folder):
        found.update(f"{page.id} {page.path.stat().st_size}\n".encode())
    return found.hexdigest()[:16]


def run(judged: Sequence[Judged], processes: int = 2) -> list[Score]:
    if processes < 2:
        return [score(one) for one in judged]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(score, judged, chunksize=5))


def score(page: Judged) -> Score:
    from watcher.articles.extract import extract
    from watcher.model.article import Extraction

    found = extract(page.body(), page.url, {}, FETCHED)
    out, marks = Score(page.id, page.url), page.marks
    if not isinstance(found, Extraction):
        out.notes.append(f"refused: {found.code} {found.message}")
        out.words = 0.0 if "body" in marks else None
        return out
    out.method = found.method
    if "body" in marks:
        out.precision, out.recall, out.words = overlap(found.body, marks["body"])
    if marks.get("title"):
        out.title = squeeze(found.title) == squeeze(marks["title"])
    if "author" in marks:
        out.author = same_people(found.byline, marks["author"])
        if not out.author:
            out.notes.append(f"author {marks['author']!r}, not {list(found.byline)}")
    if marks.get("date"):
        day = found.published.text[:10] if found.published else None
        out.date = day is not None and day[: len(marks["date"])] == marks["date"]
        if not out.date:
            out.notes.append(f"date {marks['date']}, not {day}")
    if "captions" in marks:
        _captions(out, marks["captions"] or [], found)
    if "related" in marks:
        _links(out, page, found)
    return out


def words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def overlap(ours: str, theirs: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the words of two texts."""
    mine, wanted = words(ours), words(theirs)
    common = (mine & wanted).total()
    if not common:
        same = float(mine == wanted)
        return same, same, same
    precision, recall = common / mine.total(), common / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def squeeze(text: str) -> str:
    return _BARE.sub("", text).casefold()


def people(stated: str) -> list[str]:
    """The names in a line of them."""
    return [name for name in _BETWEEN.split(stated) if name]


def same_people(names: Iterable[str], marked: str | None) -> bool:
    return _people(names) == _people(people(marked or ""))


def _people(names: Iterable[str]) -> frozenset[str]:
    kept = (name.strip() for name in names)
    return frozenset(squeeze(name) for name in kept if name and not _DEGREE.match(name))


def _captions(out: Score, wanted: Sequence[str], found: Any) -> None:
    """A caption is right where two thirds of its words and of the marked one's agree, with its
    credit or without: people marked both ways."""

    def near(one: Any, marked: str) -> float:
        return max(overlap(t, marked)[2] for t in (one.text, f"{one.text} {one.credit or ''}"))

    ours = found.captions
    left = list(wanted)
    right = 0
    for one in ours:
        best = max(left, key=lambda marked, one=one: near(one, marked), default=None)
        if best is not None and near(one, best) >= 0.66:
            left.remove(best)
            right += 1
        else:
            out.notes.append(f"caption too many: {one.text[:90]} ({one.credit})")
    out.notes.extend(f"caption missed: {text[:90]}" for text in left)
    out.captions = right, len(ours) - right, len(left)
    body = squeeze(found.body)
    out.leaks = sum(len(key) > 24 and key in body for key in map(squeeze, wanted))


def _links(out: Score, page: Judged, found: Any) -> None:
    from watcher.text.urls import key

    offered = {key(one.url): one for one in found.links if one.role == "related"}
    wanted = {key(one["url"]): one["kind"] for one in page.marks["related"]}
    optional = {key(one) for one in page.marks["optional"]} - set(wanted)
    extra = set(offered) - set(wanted) - optional
    right = set(offered) & set(wanted)
    kinds = {one for one in right if offered[one].kind == wanted[one]}
    out.related = len(right), len(extra), len(wanted) - len(right)
    out.strict = len(kinds), len(extra) + len(right - kinds), len(wanted) - len(kinds)
    inline = {one for one, kind in wanted.items() if kind == "inline"}
    out.inline = len(inline & right), len(inline)
    out.clean = None if wanted else not extra
    out.notes.extend(f"link too many: {one} {offered[one].text[:60]}" for one in sorted(extra))
    out.notes.extend(f"link missed: {one} ({wanted[one]})" for one in sorted(set(wanted) - right))
    out.notes.extend(f"link of the other kind: {one}" for one in sorted(right - kinds))


def f1(counts: Iterable[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the counts pooled."""
    right, wrong, missed = (sum(column) for column in zip(*counts, strict=True))
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def summary(scores: Sequence[Score]) -> dict[str, float]:
    """The set's figures, those that it has marks for."""
    out: dict[str, float] = {}
    texts = [one for one in scores if one.words is not None]
    if texts:
        out["word F1"] = statistics.fmean(one.words or 0 for one in texts)
        out["word precision"] = statistics.fmean(one.precision or 0 for one in texts)
        out["word recall"] = statistics.fmean(one.recall or 0 for one in texts)
        out["pages under F1 .8"] = sum((one.words or 0) < 0.8 for one in texts)
    for name in ("title", "author", "date", "clean"):
        held = [value for one in scores if (value := getattr(one, name)) is not None]
        if held:
            out[name] = statistics.fmean(held)
    for name in ("captions", "related", "strict"):
        counts = [value for one in scores if (value := getattr(one, name)) is not None]
        if counts:
            figures = zip(("precision", "recall", "F1"), f1(counts), strict=True)
            out.update({f"{name} {which}": value for which, value in figures})
    inline = [one.inline for one in scores if one.inline is not None]
    if inline:
        out["inline recall"] = sum(a for a, _ in inline) / max(1, sum(b for _, b in inline))
    if any(one.captions for one in scores):
        out["pages with a caption in the body"] = statistics.fmean(one.leaks > 0 for one in scores)
    return out


def _report(name: str, scores: Sequence[Score], worst: int) -> Iterator[str]:
    yield f"\n{name}: {len(scores)} pages"
    yield from (f"  {what:34} {value:.4f}" for what, value in summary(scores).items())
    ranked = sorted(scores, key=lambda one: (one.words if one.words is not None else 2, one.id))
    for one in ranked[:worst]:
        figures = (
            f"{one.words:.3f} p {one.precision or 0:.2f} r {one.recall or 0:.2f}"
            if (one.words is not None)
            else ""
        )
        yield f"  {one.id} {figures} {one.method} {one.url[:90]}"
        yield from (f"      {note}" for note in one.notes)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("sets", nargs="*", default=["articles", "related"])
    ask.add_argument("--worst", type=int, default=0, help="show that many pages of each set")
    ask.add_argument("--every", type=int, default=1, help="only each n-th page")
    ask.add_argument("--save", type=Path, help="write all scores as JSON lines")
    said = ask.parse_args()
    base = Path(os.environ["WATCHER_CORPORA"]) / "pages"
    for name in said.sets:
        begun = time.process_time()
        scores = run(pages(base / name)[:: said.every])
        print("\n".join(_report(name, scores, said.worst)))
        print(f"  {time.process_time() - begun:.1f} s here", file=sys.stderr)
        if said.save:
            with said.save.open("a", encoding="utf-8") as out:
                for one in scores:
                    row = {k: getattr(one, k) for k in Score.__slots__}
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
