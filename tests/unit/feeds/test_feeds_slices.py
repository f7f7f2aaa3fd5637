"""A feed's body in slices: what is known is not parsed again, and nothing is decided otherwise than
a whole parse would."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.feeds.makers import NOW, PUBLIC, URL

from watcher.feeds import slices
from watcher.feeds.asking import request
from watcher.feeds.parse import parse_feed
from watcher.feeds.slices import cut
from watcher.model.feed import FeedJob, FeedMemory, FeedSpec, FeedState, KnownEntry, PollDecision
from watcher.model.page import Fetched
from watcher.model.when import HOUR
from watcher.pipeline import poll


@dataclass
class Reader:
    """What the pipeline needs to poll one feed again and again: what is known is kept here."""

    sliced: bool = True
    spec: FeedSpec = field(default_factory=lambda: FeedSpec("f_1", URL))
    parsed: list[bytes] = field(default_factory=list)
    known: dict[str, KnownEntry] = field(default_factory=dict)
    now: int = NOW

    def __post_init__(self) -> None:
        self.state = FeedState(self.spec, URL)

    async def parse_feed(self, body, url, headers, page=None):
        self.parsed.append(body)
        return parse_feed(body, url, headers)

    async def run(self, call):
        return call(self)

    def commit_poll(self, job, decide, now):
        return decide(job, self.known)

    def poll(self, body: bytes, **headers: str) -> PollDecision:
        self.now += HOUR
        self.parsed.clear()
        result = Fetched(URL, URL, 200, headers, body, (), 7, False)
        desk = SimpleNamespace(
            parsers=self, store=self, clock=SimpleNamespace(now=lambda: self.now),
            cadence=PUBLIC, budget=SimpleNamespace(stretch=1.0),
        )  # fmt: skip
        state = self.state if self.sliced else replace(self.state, slices=None)
        job = FeedJob(state, "t")

        async def polled():
            reading = await poll._read(desk, job, result)
            return await poll._committed(desk, job, result, reading, request(state, self.now))

        made = asyncio.run(polled())
        assert made is not None
        self._store(made)
        return made

    def _store(self, made: PollDecision) -> None:
        for entry in (*made.new, *made.changed, *made.refreshed):
            self.known[entry.identity] = KnownEntry(
                entry.entry, entry.hash, entry.url, entry.publisher_id
            )
        self.state = replace(
            self.state,
            body_hash=made.body_hash or self.state.body_hash,
            reader=made.reader or self.state.reader,
            slices=self.state.slices if made.slices is None else made.slices,
            memory=made.memory or FeedMemory(),
            interval=made.interval,
            polls=self.state.polls + 1,
            last_poll=self.now,
            failures=made.failures,
            due_at=made.next_due,
        )


def item(n, text="x", guid=True, link=True, extra=""):
    stated = f"<guid isPermaLink='false'>g{n}</guid>" if guid else ""
    stated += f"<link>https://site.example/{n}</link>" if link else ""
    return f"<item>{stated}<title>t{n}</title><description>{text}</description>{extra}</item>"


def rss(*items, built="1", head="", tail=""):
    return (
        f'<rss version="2.0"><channel><title>T</title><lastBuildDate>{built}</lastBuildDate>{head}'
        + "\n".join(items)
        + f"{tail}</channel></rss>"
    ).encode()


def started(*items, **channel) -> Reader:
    reader = Reader()
    reader.poll(rss(*items, **channel))
    return reader


def test_where_only_dates_of_the_channel_moved_nothing_is_parsed():
    reader = started(item(1), item(2))
    made = reader.poll(rss(item(1), item(2), built="2"))
    assert (made.outcome, made.seen, reader.parsed) == ("unchanged", 2, [])
    assert made.body_hash == reader.state.body_hash


def test_of_a_feed_with_a_new_item_that_item_alone_is_parsed():
    reader = started(item(1), item(2))
    made = reader.poll(rss(item(3), item(1), item(2), built="2"))
    assert [(entry.identity, entry.position) for entry in made.new] == [("id:g3", 0)]
    assert (made.outcome, made.seen) == ("new", 3)
    assert reader.parsed == [rss(item(3), built="2")]


def test_items_that_stand_there_twice_are_known_as_long_as_nothing_changes():
    reader = started(item(1), item(1), item(2))
    made = reader.poll(rss(item(1), item(1), item(2), built="2"))
    assert (made.outcome, made.seen, reader.parsed) == ("unchanged", 2, [])


def test_the_doctype_of_html_is_no_doubt():
    reader = Reader()
    for built in ("1", "2"):
        reader.poll(b"<!DOCTYPE html>" + rss(item(1), built=built))
    assert reader.parsed == []


def test_an_edited_item_alone_is_parsed_and_changed():
    reader = started(item(1), item(2))
    made = reader.poll(rss(item(1, "y"), item(2)))
    assert [entry.text for entry in made.changed] == ["y"]
    assert reader.parsed == [rss(item(1, "y"))]


def test_an_item_with_another_counter_is_parsed_and_not_changed():
    reader = started(item(1), item(2))
    made = reader.poll(rss(item(1, extra="<comments>7</comments>"), item(2)))
    assert (made.outcome, made.changed, len(reader.parsed)) == ("unchanged", (), 1)


def test_items_that_left_or_moved_are_no_reason_to_parse():
    reader = started(item(1), item(2), item(3))
    made = reader.poll(rss(item(3), item(1)))
    assert (made.outcome, made.seen, reader.parsed) == ("unchanged", 2, [])
    made = reader.poll(rss(item(3), item(2)))
    assert (made.outcome, made.new) == ("unchanged", ())


@pytest.mark.parametrize(
    "later",
    [
        rss(item(2), item(1), head="<ttl>60</ttl>"),
        rss(item(2), item(1), tail="<ttl>60</ttl>"),
        rss(item(2), "<!-- x -->", item(1)),
        rss(item(2), item(1), head="<!-- <item> -->"),
        rss(item(2), "<item><title><![CDATA[</item>]]></title></item>", item(1)),
        rss(item(2), item(2), item(1)),
        rss(item(2, guid=False), item(1)),
        rss(item(2), item(1, "y"), item(1)),
        b"<!DOCTYPE rss>" + rss(item(2), item(1)),
    ],
    ids=[
        "channel", "after", "comment", "hidden tag", "hidden end", "twice", "without id",
        "same id", "doctype",
    ],
)  # fmt: skip
def test_in_doubt_the_whole_is_parsed(later):
    reader = started(item(1))
    reader.poll(later)
    assert reader.parsed[-1] == later


def test_another_address_or_charset_means_a_whole_parse():
    body = rss(item(1))
    frames = {
        cut(body, url, {"content-type": kind}).frame
        for url in (URL, "https://other.example/")
        for kind in ("text/xml", "text/xml; charset=utf-8", "text/xml; charset=koi8-r")
    }
    assert len(frames) == 6


def test_a_whole_parse_without_slices_forgets_those_of_before():
    reader = started(item(1), item(2))
    reader.poll(rss(item(1, "y"), "<!-- x -->", item(2)))
    assert reader.state.slices == b""
    made = reader.poll(rss(item(1), item(2)))
    assert [entry.text for entry in made.changed] == ["x"]


def test_after_another_reader_served_the_whole_is_parsed():
    reader = started(item(1), item(2))
    reader.state = replace(reader.state, reader="feedparser-6")
    reader.poll(rss(item(3), item(1), item(2)))
    assert len(reader.parsed[0]) > len(rss(item(3), item(1)))
    assert reader.state.reader == "strict-1"


def test_new_items_that_our_reader_declines_mean_a_whole_parse():
    reader = started(item(1), item(2))
    later = rss(item(3, "a <b>b</b>"), item(1), item(2))
    made = reader.poll(later)
    assert reader.parsed == [rss(item(3, "a <b>b</b>")), later]
    assert [entry.identity for entry in made.new] == ["id:g3"]


def test_entries_told_apart_as_the_user_says_are_parsed_as_a_whole():
    reader = Reader(spec=FeedSpec("f_1", URL, identity="link"))
    reader.poll(rss(item(1), item(2)))
    reader.poll(rss(item(3), item(1), item(2)))
    assert reader.parsed == [rss(item(3), item(1), item(2))]
    reader.poll(rss(item(3), item(1), item(2), built="2"))
    assert reader.parsed == []


def test_the_order_that_rss_1_0_states_is_not_asked_for():
    def rdf(*names):
        listed = "".join(f'<rdf:li rdf:resource="https://site.example/{n}"/>' for n in names)
        items = "".join(
            f'<item rdf:about="https://site.example/{n}"><title>t{n}</title></item>' for n in names
        )
        return (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns="http://purl.org/rss/1.0/"><channel><title>T</title>'
            f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>{items}</rdf:RDF>"
        ).encode()

    reader = Reader()
    reader.poll(rdf(1, 2))
    made = reader.poll(rdf(3, 1, 2))
    assert [entry.position for entry in made.new] == [0]
    assert len(reader.parsed) == 1
    assert reader.parsed[0].count(b"<item ") == 1


DATE = "Tue, 10 Mar 2026 10:00:00 GMT"
_things = st.builds(
    item,
    st.integers(1, 4),
    st.sampled_from(["x", "y", "&lt;p&gt;z"]),
    st.booleans() | st.just(True),
    st.booleans() | st.just(True),
    st.sampled_from(
        ["", "", "<guid>g1</guid>", "<pubDate>Tue, 10 Mar 2026 10:00:00 GMT</pubDate>"]
    ),
)
_places = st.integers(0, 4)
_edits = st.one_of(
    st.tuples(st.just("add"), _places, st.builds(item, st.integers(1, 9))),
    st.tuples(st.just("add"), _places, _things),
    st.tuples(st.just("put"), _places, st.builds(item, st.integers(1, 9), st.just("y"))),
    st.tuples(st.just("put"), _places, _things),
    st.tuples(st.just("drop"), _places),
    st.tuples(st.just("drop"), _places),
    st.tuples(st.just("move"), _places),
    st.tuples(st.just("date")),
    st.tuples(st.just("head"), st.sampled_from(["", "<ttl>90</ttl>", "<!-- <item> -->"])),
)


def history(begun, edits):
    """The bodies of a feed that began with some items and was edited again and again."""
    items, built, head = list(begun), 0, ""
    yield rss(*items)
    for kind, *rest in edits:
        built += kind == "date"
        if kind == "head":
            head = rest[0]
        elif kind == "add":
            items.insert(*rest)
        elif items and kind in {"put", "drop", "move"}:
            at = rest[0] % len(items)
            if kind == "put":
                items[at] = rest[1]
            elif kind == "drop":
                del items[at]
            else:
                items.append(items.pop(at))
        yield rss(*items, built=str(built), head=head)


_clean = st.lists(st.integers(1, 9), max_size=5, unique=True).map(lambda ns: [item(n) for n in ns])
_histories = st.builds(
    history, _clean | st.lists(_things, max_size=4), st.lists(_edits, max_size=6)
)


@given(_histories, st.sampled_from(["auto", "auto", "auto", "guid", "hash"]))
@settings(max_examples=300, deadline=None)
def test_whatever_a_feed_did_slices_decide_as_whole_parses_do(bodies, identity):
    spec = FeedSpec("f_1", URL, identity=identity)
    quick, slow = Reader(spec=spec), Reader(sliced=False, spec=spec)
    for body in bodies:
        one, other = quick.poll(body), slow.poll(body)
        for part in fields(PollDecision):
            if part.name not in {"slices", "title", "site_url", "language"}:
                assert getattr(one, part.name) == getattr(other, part.name), part.name
        assert quick.known == slow.known


@given(st.binary(max_size=200), st.sampled_from([b"", b"<item>", b"<entry>", b"<item><![CDATA["]))
def test_no_bytes_make_a_cut_raise(body, start):
    made = cut(start + body, URL, {})
    assert made is None or len(made.hashes) == len(made.bounds)


def test_a_part_is_the_body_without_what_is_known():
    body = rss(item(1), item(2), item(3))
    made = cut(body, URL, {})
    part = slices.Part(made, (0, 2), "id:", {1: b"1234"})
    assert slices.partial(body, part) == rss(item(1) + item(3))
