"""Which parts of a sitemap index are asked, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds import parts
from watcher.feeds.parts import Asked, failed, merged, wanted
from watcher.model.feed import Child, FeedMemory, ParsedEntry, ParsedFeed, ParseFailed, Pause
from watcher.model.page import FetchFailed
from watcher.model.when import DAY, Dated, Micros

NOW: Micros = 1_773_144_000_000_000


def part(name: str, days: int | None = None) -> Child:
    return Child(f"https://h.example/{name}", None if days is None else NOW - days * DAY)


def index(*children: Child) -> ParsedFeed:
    return ParsedFeed(None, None, None, None, (), "sitemap-1", parts.KIND, children=children)


def sitemap(*names: str, kind: str = "sitemap", title: str | None = None) -> ParsedFeed:
    entries = tuple(ParsedEntry(name, f"https://h.example/{name}", name) for name in names)
    return ParsedFeed(title, None, None, None, entries, "sitemap-1", kind)


def memory(read: ParsedFeed) -> FeedMemory:
    held = {one.url: one.modified or parts.UNDATED for one in read.children}
    return FeedMemory(children=held, part_tags=parts.tags(read))


def names(found: tuple[Child, ...]) -> list[str]:
    return [one.url.rpartition("/")[2] for one in found]


def gone(status: int = 404) -> FetchFailed:
    return FetchFailed("https://h.example/x", "status", "WTC-NET-404", "not there", status=status)


def test_at_most_ten_parts_are_asked_the_newest_first() -> None:
    many = [part(str(days), days) for days in range(30)]
    assert names(wanted(many[::-1], FeedMemory())) == [str(days) for days in range(10)]


def test_what_was_not_asked_at_the_first_poll_is_history_and_left_alone() -> None:
    many = tuple(part(str(days), days) for days in range(30))
    asked = [Asked(one, sitemap(one.url)) for one in wanted(many, FeedMemory())]
    read = merged(index(*many), asked, FeedMemory())
    assert (len(read.children), read.unfinished, parts.notes(read)) == (30, False, ())
    assert wanted(many, memory(read)) == ()


def test_later_only_new_and_newer_parts_are_asked_and_what_is_over_ten_waits() -> None:
    before = tuple(part(str(n), 20 + n) for n in range(14))
    held = memory(merged(index(*before), [], FeedMemory()))
    after = (
        *(replace(one, modified=NOW - n * DAY) for n, one in enumerate(before[:11])),
        part("new", 3),
        *before[11:],
    )
    asked = wanted(after, held)
    assert (len(asked), asked[0].url, "new" in names(asked)) == (10, before[0].url, True)

    read = merged(index(*after), [Asked(one, sitemap()) for one in asked], held)
    assert read.unfinished
    assert parts.notes(read) == ("2 parts more changed, left to the next poll",)
    assert names(wanted(after, memory(read))) == ["9", "10"]


def test_parts_without_a_date_are_asked_every_time_after_those_with_one_and_new_ones_first() -> (
    None
):
    plain = tuple(part(f"p{n}") for n in range(12))
    first = (part("dated", 1), *plain[:10], part("news"))
    assert names(wanted(first, FeedMemory())) == ["dated", "news", *(f"p{n}" for n in range(8))]

    held = memory(merged(index(*first), [Asked(part("dated", 1), sitemap())], FeedMemory()))
    assert names(wanted((*first, plain[11]), held))[:3] == ["p11", "news", "p0"]


def test_a_part_is_asked_with_the_validators_of_its_last_answer() -> None:
    told = replace(part("a"), etag='"1"', last_modified="yesterday")
    held = memory(merged(index(part("a")), [Asked(told, sitemap("one"))], FeedMemory()))
    assert wanted((part("a"),), held) == (told,)
    again = merged(index(part("a")), [Asked(told, None)], held)
    assert wanted((part("a"),), memory(again)) == (told,)


def test_the_entries_of_all_parts_are_the_indexs_and_only_news_where_there_are_any() -> None:
    def dated(feed: ParsedFeed, days: int) -> ParsedFeed:
        at = Dated("", NOW - days * DAY)
        return replace(feed, entries=tuple(replace(one, updated=at) for one in feed.entries))

    old, new = dated(sitemap("old"), 9), dated(sitemap("new", title="Harbour"), 1)
    read = merged(index(), [Asked(part("a"), old), Asked(part("b"), new)], FeedMemory())
    assert ([one.id for one in read.entries], read.title) == (["new", "old"], "Harbour")
    news = sitemap("hot", kind="sitemap-news")
    read = merged(index(), [Asked(part("a"), old), Asked(part("b"), news)], FeedMemory())
    assert [one.id for one in read.entries] == ["hot"]


def test_a_part_that_failed_for_now_is_asked_again_and_one_that_is_gone_when_it_changes() -> None:
    here = (part("a", 1), part("b", 2), part("c", 3))
    asked = [
        Asked(here[0], sitemap("x")),
        Asked(here[1], gone(500), wait=True),
        Asked(here[2], gone()),
    ]
    read = merged(index(*here), asked, FeedMemory())
    assert read.unfinished
    assert names(wanted(here, memory(read))) == ["b"]
    assert parts.notes(read) == ("2 of 3 parts could not be read: https://h.example/b: not there",)
    assert names(wanted((*here[:2], part("c", 0)), memory(read))) == ["c", "b"]


def test_where_no_part_can_be_had_the_poll_failed_and_a_host_that_asks_for_patience_gets_it() -> (
    None
):
    assert failed([]) is None
    assert failed([Asked(part("a"), None), Asked(part("b"), gone())]) is None
    said = failed([Asked(part("a"), gone()), Asked(part("b"), ParseFailed("X", "no"))])
    assert isinstance(said, ParseFailed)
    assert said.message == "an index of sitemaps; none of 2 parts can be had: not there"
    busy = replace(gone(429), pause=Pause("h.example", NOW, "busy"))
    assert failed([Asked(part("a"), busy, wait=True)]) == busy


def test_an_index_within_an_index_is_not_followed() -> None:
    assert isinstance(parts.checked(index()), ParseFailed)
    assert parts.checked(sitemap("a")) == sitemap("a")
