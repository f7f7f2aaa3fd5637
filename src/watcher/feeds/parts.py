"""The parts of a sitemap index, followed one level (spec `polling` §7): which are asked at a poll,
and what they make of the index: a feed whose entries are those of the parts that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watcher.feeds.sitemap import MAX_ENTRIES, NOT_FOLLOWED
from watcher.feeds.words import count
from watcher.model.feed import (
    Child,
    FeedMemory,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    Problem,
)
from watcher.model.page import FetchFailed
from watcher.model.when import Micros

KIND = "sitemap-index"
PARTS = 10  # of an index, asked at one poll
REMEMBERED = 2_000  # of an index, the newest: an archive of years is no news
UNDATED: Micros = 0  # remembered of a part that states no last change

LATER = "WTC-FEED-112"  # parts that are left to the next poll
BAD = "WTC-FEED-113"  # parts that cannot be had or read


@dataclass(frozen=True, slots=True)
class Asked:
    """A part that was asked. `read` is what came of it, None where it has not changed; `wait`: it
    is to be asked again though the index says nothing new of it."""

    part: Child
    read: ParsedFeed | ParseFailed | FetchFailed | None
    wait: bool = False


def is_index(read: object) -> bool:
    return isinstance(read, ParsedFeed) and read.kind == KIND


def remembered(memory: FeedMemory) -> tuple[Child, ...]:
    """The parts of an index that has not changed itself, as they were left."""
    return tuple(Child(url, at or None) for url, at in memory.children.items())


def wanted(parts: Sequence[Child], memory: FeedMemory) -> tuple[Child, ...]:
    """Those to ask, with their own validators: at most `PARTS` that are new or newer than what we
    know, the newest first, then those that do not say when they changed."""
    held = memory.children
    turns = [(turn, part) for part in _kept(parts) if (turn := _turn(part, held)) is not None]
    turns.sort(key=lambda one: one[0])
    return tuple(_validated(part, memory) for _, part in turns[:PARTS])


def merged(index: ParsedFeed, asked: Sequence[Asked], memory: FeedMemory) -> ParsedFeed:
    """`index` with the entries of its parts, newest first, news only where there are news; its
    `children` are those to remember. `unfinished`: parts are left to be asked, so what the index
    itself says is to be read again."""
    feeds = [one.read for one in asked if isinstance(one.read, ParsedFeed)]
    news = [feed for feed in feeds if feed.kind == "sitemap-news"]
    children, left = _children(_kept(index.children), asked, memory)
    problems = (*_troubles(asked), *_later(left, asked))
    return replace(
        index,
        title=next((feed.title for feed in feeds if feed.title), index.title),
        language=next((feed.language for feed in feeds if feed.language), index.language),
        entries=_newest(news or feeds),
        children=children,
        problems=(*index.problems, *problems),
        unfinished=left > 0,
    )


def failed(asked: Sequence[Asked]) -> FetchFailed | ParseFailed | None:
    """Why nothing at all came of the parts: a host that asked to be left alone, or what is wrong
    with the first of them."""
    bad = [one.read for one in asked if isinstance(one.read, FetchFailed | ParseFailed)]
    if not bad or len(bad) < len(asked):
        return None
    last = bad[-1]
    if isinstance(last, FetchFailed) and stops(last):
        return replace(last, hops=())  # the part's, not the feed's
    parts = "its only part" if len(bad) == 1 else f"none of {len(bad)} parts"
    verb = "cannot be had" if len(bad) == 1 else "can be had"
    return ParseFailed("WTC-FEED-011", f"an index of sitemaps; {parts} {verb}: {bad[0].message}")


def stops(failure: FetchFailed) -> bool:
    """Whether nothing more is to be asked of the host for now."""
    return failure.pause is not None or failure.kind == "paused" or failure.status == 429


def notes(read: ParsedFeed) -> tuple[str, ...]:
    """What the user should know of the parts."""
    return tuple(one.message for one in read.problems if one.code in {LATER, BAD})


def tags(read: ParsedFeed) -> dict[str, tuple[str | None, str | None]]:
    """The validators of the parts that gave any."""
    return {
        one.url: (one.etag, one.last_modified)
        for one in read.children
        if one.etag or one.last_modified
    }


def _kept(parts: Iterable[Child]) -> list[Child]:
    """The newest; those without a date before all others, news first, then as they stand."""
    ranked = sorted(
        parts,
        key=lambda part: (part.modified is not None, -(part.modified or 0), not _is_news(part)),
    )
    return ranked[:REMEMBERED]


def _is_news(part: Child) -> bool:
    return "news" in part.url.lower()


def _turn(part: Child, held: Mapping[str, Micros]) -> tuple[int, Micros] | None:
    """Whose turn it is before whose; None: it is as we know it."""
    before = held.get(part.url)
    if part.modified is not None:
        newer = before is None or part.modified > before
        return (0, -part.modified) if newer else None
    return (0, UNDATED) if before is None and held else (1, UNDATED)


def _validated(part: Child, memory: FeedMemory) -> Child:
    etag, last_modified = memory.part_tags.get(part.url, (None, None))
    return replace(part, etag=etag, last_modified=last_modified)


def _children(
    parts: Sequence[Child], asked: Sequence[Asked], memory: FeedMemory
) -> tuple[tuple[Child, ...], int]:
    """What is remembered of them, and how many are left to be asked. At the first poll those that
    were not asked count as known: their entries are history."""
    known, by_url = memory.children, {one.part.url: one for one in asked}
    kept: list[Child] = []
    left = 0
    for part in parts:
        turn = by_url.get(part.url)
        if turn is not None and turn.wait:
            left += 1
            if part.url in known:
                kept.append(replace(turn.part, modified=known[part.url] or None))
        elif turn is not None:
            kept.append(turn.part)
        elif known and _turn(part, known) is not None and part.modified is not None:
            left += 1
            if part.url in known:
                kept.append(_validated(replace(part, modified=known[part.url]), memory))
        else:
            kept.append(_validated(part, memory))
    return tuple(kept), left


def _troubles(asked: Sequence[Asked]) -> tuple[Problem, ...]:
    bad = [one for one in asked if isinstance(one.read, FetchFailed | ParseFailed)]
    if not bad:
        return ()
    first = bad[0]
    assert isinstance(first.read, FetchFailed | ParseFailed)
    told = f"{len(bad)} of {count(len(asked), 'part', 'parts')} could not be read:"
    return (Problem(BAD, f"{told} {first.part.url}: {first.read.message}"),)


def _later(left: int, asked: Sequence[Asked]) -> tuple[Problem, ...]:
    left -= sum(one.wait for one in asked)
    if left <= 0:
        return ()
    said = f"{count(left, 'part', 'parts')} more changed, left to the next poll"
    return (Problem(LATER, said),)


def _newest(feeds: Sequence[ParsedFeed]) -> tuple[ParsedEntry, ...]:
    entries = [entry for feed in feeds for entry in feed.entries]
    return tuple(sorted(entries, key=_time, reverse=True)[:MAX_ENTRIES])


def _time(entry: ParsedEntry) -> Micros:
    dated = entry.published or entry.updated
    return dated.at if dated else 0


def checked(read: ParsedFeed | ParseFailed) -> ParsedFeed | ParseFailed:
    """A part, which may be any feed but an index again."""
    return ParseFailed("WTC-FEED-011", NOT_FOLLOWED) if is_index(read) else read
