"""Which entry is which, from poll to poll."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from watcher.feeds.identity import entry_hash, identities, named, publisher_id
from watcher.feeds.plain import entry_text
from watcher.model.feed import KnownEntry, ParsedEntry
from watcher.model.when import Dated

DAY_ONE = Dated("2026-03-02", 1_772_409_600_000_000, "day")


def entry(ident=None, url=None, title="t", published=None):
    return ParsedEntry(id=ident, url=url, title=title, published=published)


def test_the_publishers_id_comes_before_the_link_and_the_link_before_the_title():
    names = identities(
        [entry("g1", "https://a.example/1"), entry(None, "https://a.example/2"), entry(title="x")]
    )
    assert names[:2] == ("id:g1", "link:a.example/2")
    assert names[2].startswith("text:")


def test_an_id_that_different_entries_share_gives_way_to_the_link():
    names = identities([entry("same", "https://a.example/1"), entry("same", "https://a.example/2")])
    assert names == ("link:a.example/1", "link:a.example/2")


def test_a_link_that_different_entries_share_gives_way_to_title_and_date():
    home = "https://a.example/"
    names = identities([entry(None, home, "one"), entry(None, home, "two")])
    assert all(name.startswith("text:") for name in names)
    assert len(set(names)) == 2


def test_an_entry_stated_twice_has_one_identity():
    twice = [entry("g", "https://a.example/1")] * 2
    assert identities(twice) == ("id:g", "id:g")


def test_an_entry_keeps_its_identity_when_the_feed_starts_to_give_ids():
    known = identities([entry(None, "https://a.example/1")])
    assert identities([entry("new-id", "https://a.example/1")], known) == known


def test_an_entry_keeps_its_identity_when_only_one_of_those_that_shared_an_id_is_left():
    shared = [entry("same", "https://a.example/1"), entry("same", "https://a.example/2")]
    known = identities(shared)
    assert identities(shared[1:], known) == known[1:]


def test_an_entry_with_an_id_keeps_its_identity_when_title_date_and_link_change():
    before = entry("g", "https://a.example/1", "one", DAY_ONE)
    after = entry("g", "https://a.example/moved", "two")
    assert identities([before]) == identities([after])


def test_tracking_parameters_do_not_change_a_links_identity():
    plain, tracked = "https://a.example/1", "http://www.a.example/1/?utm_source=rss"
    assert identities([entry(None, plain)]) == identities([entry(None, tracked)])


def test_the_date_tells_entries_of_one_title_apart():
    names = identities([entry(title="Weather"), entry(title="Weather", published=DAY_ONE)])
    assert len(set(names)) == 2


def test_an_id_of_a_megabyte_is_kept_as_its_hash():
    long = entry("g" * 1_000_000)
    assert len(identities([long])[0]) < 100
    assert len(publisher_id(long) or "") < 100
    assert identities([long]) != identities([replace(long, id="g" * 999_999)])


def test_an_edit_changes_the_hash_and_case_or_quotes_do_not():
    assert entry_hash("Title", "12 arrested") != entry_hash("Title", "13 arrested")
    assert entry_hash("Title", "It’s  so") == entry_hash("TITLE", "it's so")
    assert entry_hash("a b", "c") != entry_hash("a", "b c")


_entries = st.lists(
    st.builds(
        entry,
        ident=st.sampled_from([None, "1", "2"]),
        url=st.sampled_from([None, "https://a.example/1", "https://a.example/2"]),
        title=st.sampled_from(["", "a", "b"]),
        published=st.sampled_from([None, DAY_ONE]),
    ),
    max_size=8,
)


@given(_entries)
def test_a_feed_polled_again_brings_no_new_identity(entries):
    first = identities(entries)
    assert identities(entries, set(first)) == first


@given(_entries, st.randoms())
def test_the_order_of_entries_does_not_matter(entries, chance):
    named = dict(zip(entries, identities(entries), strict=True))
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert dict(zip(shuffled, identities(shuffled), strict=True)) == named


# -- what the user says ---------------------------------------------------------------------------

POLICIES = ("auto", "guid", "link", "hash")


def stored(entries, names):
    """What the store remembers of these entries under these names."""
    return {
        name: KnownEntry(
            f"e_{n}", entry_hash(one.title, entry_text(one)), one.url, publisher_id(one)
        )
        for n, (one, name) in enumerate(zip(entries, names, strict=True))
    }


def test_guid_trusts_the_publishers_id_whatever_else_differs():
    same = [entry("g", "https://a.example/1", "one"), entry("g", "https://a.example/2", "two")]
    assert named(same, {}, "guid") == ("id:g", "id:g")


def test_link_goes_by_the_link_though_the_ids_change_with_every_poll():
    first = named([entry("nonce-1", "https://a.example/1")], {}, "link")
    again = named([entry("nonce-2", "https://a.example/1?utm_source=x")], {}, "link")
    assert first == again == ("link:a.example/1",)


def test_link_tells_entries_apart_that_share_an_id():
    same = [entry("g", "https://a.example/1"), entry("g", "https://a.example/2")]
    assert len(set(named(same, {}, "link"))) == 2


def test_hash_goes_by_title_and_text_alone():
    one = entry("g", "https://a.example/1", "Ferry late")
    moved = entry("h", "https://b.example/9", "ferry  LATE", DAY_ONE)
    other = entry("g", "https://a.example/1", "Ferry sunk")
    names = named([one, moved, other], {}, "hash")
    assert names[0] == names[1] != names[2]


def test_an_entry_without_what_the_policy_goes_by_has_the_next_best():
    assert named([entry(None, "https://a.example/1")], {}, "guid") == ("link:a.example/1",)
    assert named([entry("g")], {}, "link") == ("id:g",)


def test_a_reused_id_brings_a_new_entry_once_the_feed_goes_by_links():
    before = [entry("1", "https://a.example/old", "Old")]
    known = stored(before, identities(before))
    after = [entry("1", "https://a.example/new", "New"), *before]
    assert named(after, known, "link") == ("link:a.example/new", "id:1")


@given(
    st.lists(st.sampled_from(POLICIES), min_size=2, max_size=5),
    st.lists(
        st.tuples(st.integers(0, 9), st.booleans(), st.booleans()),
        max_size=6,
        unique_by=lambda one: one[0],
    ),
)
def test_no_change_of_policy_brings_anything_anew(policies, made):
    """Feeds with good ids, links and titles; ids and links may be missing."""
    entries = [
        entry(f"g{n}" if ident else None, f"https://a.example/{n}" if link else None, f"Title {n}")
        for n, ident, link in made
    ]
    names = named(entries, {}, policies[0])
    known = stored(entries, names)
    for policy in policies[1:]:
        assert named(entries, known, policy) == names
