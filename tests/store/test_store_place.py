"""Place: a draft's article, revision, links, prints, story, matches, alerts and deliveries are
written whole, in one transaction, and read back as they were."""

import itertools
from dataclasses import replace

import pytest
from tests.store.builders import (
    LEASE,
    NOON,
    article_text,
    date,
    decides,
    draft,
    entry,
    feed_spec,
    full_text,
    look,
    place,
    prints_of,
    stock,
    topic_spec,
)

from watcher.model.article import Caption, Link, Outlet, PageState
from watcher.model.ids import article_key
from watcher.model.story import Standing
from watcher.model.when import DAY, HOUR, MINUTE, Dated
from watcher.text.normalise import fold


def search(reader, fts):
    return [found.text.title for found in reader.search(fts)]


def phrase(text):
    return f'"{fold(text)}"'


# what is written


def test_a_new_article_is_stored_whole(store, reader):
    text = full_text("one")
    of = draft("one", text, prints=prints_of("a b c"), caller_id="41", feed_tags=("x",))
    made = place(store, of, topics={"raids": ["hook", "desk"]})
    row = reader.article(of.article)
    assert row.text == text
    assert (row.article, row.id, row.url, row.outlet) == (of.article, "41", of.url, of.outlet)
    assert (row.role, row.kind, row.copy_of, row.first_seen) == ("original", None, None, NOON)
    assert row.why == "the first of its story"
    ((n, seen_at, changes, title, source, words),) = [
        (r.n, r.seen_at, r.changes, r.title, r.text, r.words) for r in row.revisions
    ]
    assert (n, seen_at, changes, title, source, words) == (1, NOON, (), text.title, "page", 6)
    ((topic, clause, spans),) = [(m.topic, m.clause, m.spans) for m in row.matches]
    assert (topic, clause, spans) == ("raids", "raid", made.matches[0].spans)
    (alert,) = row.alerts
    assert (alert.alert, alert.decision, alert.reason) == (
        made.alerts[0].alert,
        "raised",
        "first match",
    )
    story = reader.story(row.story)
    assert (story.title, story.first_seen) == (text.title, NOON)
    assert [one.article for one in story.articles] == [of.article]
    shown = {one.channel: one.state for one in reader.deliveries(limit=9).items}
    assert shown == {"hook": "due", "desk": "due"}
    assert reader.status(NOON).articles == 1


def test_what_was_stored_is_what_the_next_decision_sees(store):
    text = full_text("one")
    of = draft("one", text, prints=prints_of("a b c"), counts_as_old=True)
    made = place(store, of, topics={"raids": ["hook"]})
    view = look(store, of)
    latest = view.latest
    assert latest.text == text
    assert (latest.article, latest.revision, latest.text_hash) == (of.article, 1, of.text_hash)
    assert (latest.url, latest.outlet, latest.first_seen) == (of.url, of.outlet, NOON)
    assert (latest.role, latest.counts_as_old) == ("original", True)
    story = made.placement.story
    assert view.told == {story: frozenset({"raids"})}
    assert view.matched == {of.article: frozenset({"raids"})}
    (member,) = view.members[story]
    assert (member.article, member.title, member.role) == (of.article, text.title, "original")
    assert view.candidates == ()


def test_a_revision_becomes_the_newest_and_keeps_the_older(store, reader):
    place(store, draft("one", article_text("First words."), prints=prints_of("a b")))
    second = article_text("Second words, more of them.", title="New title", source="page")
    later = draft("one", second, prints=prints_of("b c"), seen_at=NOON + HOUR)
    made = place(store, later, NOON + HOUR)
    assert made.revision == 2
    row = reader.article(later.article)
    assert row.text == second
    assert row.first_seen == NOON
    assert [(r.n, r.seen_at, r.changes, r.words) for r in row.revisions] == [
        (1, NOON, (), 2),
        (2, NOON + HOUR, ("wording",), 5),
    ]
    assert reader.status(NOON).articles == 1
    assert look(store, later).latest.text_hash == later.text_hash


def test_links_and_prints_are_those_of_the_newest_revision(store, reader):
    first = replace(article_text("First."), links=(Link("https://a.example/", "A", "related"),))
    place(store, draft("one", first, prints=prints_of("a b")))
    second = replace(
        article_text("Second."),
        links=(
            Link("https://b.example/", "B", "citation"),
            Link("https://b.example/", "B again", "related", "inline", None),
        ),
    )
    later = draft("one", second, prints=prints_of("c"))
    place(store, later)
    assert reader.article(later.article).text.links == second.links
    assert look(store, draft("two", prints=prints_of("a b"))).candidates == ()
    (found,) = look(store, draft("two", prints=prints_of("a b c"))).candidates
    assert (found.shared, found.prints) == (1, 1)


def test_an_unchanged_text_adds_its_new_address_and_feed_only(database, store, reader):
    of = draft("one", origin_feed="f_1")
    place(store, of)
    before = database.contents()
    again = replace(of, urls=(*of.urls, "mirror.example/1"), origin_feed="f_2", feed_tags=("x",))
    assert place(store, again, NOON + 1).revision is None
    after = database.contents()
    assert {name for name in after if after[name] != before[name]} == {
        "article_url",
        "article_feed",
        "meta",  # the moment
    }
    assert reader.article("https://mirror.example/1").article == of.article
    assert reader.article(of.article).feeds == ("f_1", "f_2")


def test_a_draft_that_arrives_by_any_known_address_is_the_same_article(store):
    of = draft("one", urls=("daily.example/one", "m.daily.example/one"))
    place(store, of)
    by_other = draft("x", url="https://m.daily.example/one?utm=1", urls=("m.daily.example/one",))
    assert look(store, by_other).latest.article == of.article
    assert place(store, by_other).article == of.article


def test_an_address_stays_with_the_article_that_had_it_first(store, reader):
    first, second = draft("one"), draft("two")
    place(store, first)
    place(store, second)
    place(store, replace(second, urls=(*second.urls, *first.urls)))
    assert reader.article(first.url).article == first.article
    assert reader.article(second.url).article == second.article


@pytest.mark.parametrize("at", [NOON - DAY, None])
def test_a_publication_date_survives_revisions_that_lack_it(store, at):
    stated = None if at is None else date(at)
    of = draft("one", article_text("1", published=stated))
    place(store, of)
    for body in ("2", "3", "4"):
        place(store, draft("one", article_text(body, published=None)))
    story = look(store, of).latest.story
    (member,) = look(store, of).members[story]
    assert member.published_at == at


# stories


def test_a_copy_joins_the_story_of_its_original(store, reader):
    original = draft("one", prints=prints_of("a b c d"))
    copy = draft(
        "two",
        url="https://other.example/two",
        outlet=Outlet("other.example", "The Other"),
        prints=prints_of("b c d e"),
        text_hash=original.text_hash,
    )
    home = place(store, original).placement.story
    (candidate,) = look(store, copy).candidates
    assert (candidate.stored.article, candidate.stored.story) == (original.article, home)
    assert (candidate.shared, candidate.prints, candidate.same_text) == (3, 4, True)
    standing = Standing(copy.article, "copy", "same", original.article, 0.75, "3 of 4 prints")
    place(store, copy, joins=home, standing=standing)
    rows = {one.article: one for one in reader.story(home).articles}
    shown = rows[copy.article]
    assert (shown.role, shown.kind, shown.copy_of) == ("copy", "same", original.article)
    assert (shown.score, shown.why) == (0.75, "3 of 4 prints")
    assert reader.article(original.article).copies == (copy.article,)
    assert len(reader.stories(limit=9).items) == 1


def test_an_article_that_joins_can_change_who_is_the_original(store, reader):
    early, late = draft("early"), draft("late")
    home = place(store, early).placement.story
    place(
        store,
        late,
        joins=home,
        standing=Standing(late.article, "original", why="credited"),
        restated=[Standing(early.article, "copy", "same", late.article, 1.0, "credits it")],
    )
    roles = {one.article: (one.role, one.copy_of) for one in reader.story(home).articles}
    assert roles == {early.article: ("copy", late.article), late.article: ("original", None)}
    assert look(store, early).latest.role == "copy"


def test_candidates_share_most_first_and_are_at_most_five(store):
    for n in range(8):
        shared = " ".join(f"p{i}" for i in range(n))
        place(store, draft(f"a{n}", prints=prints_of(f"{shared} own{n}")))
    wanted = draft("x", prints=prints_of(" ".join(f"p{i}" for i in range(8))))
    found = look(store, wanted).candidates
    assert [one.shared for one in found] == [7, 6, 5, 4, 3]
    assert [one.stored.text.title for one in found] == [f"Title of a{n}" for n in (7, 6, 5, 4, 3)]


def test_a_print_that_one_outlet_repeats_everywhere_makes_no_candidate(store):
    for n in range(21):
        place(store, draft(f"a{n}", prints=prints_of("boiler")))
    assert look(store, draft("x", prints=prints_of("boiler"))).candidates == ()


def test_a_text_of_forty_thousand_prints_finds_its_copies_on_any_build(database, store):
    # Some builds of a back end take no more than 32,766 values in a statement.
    database.maker.lower_limits(store)
    many = tuple(range(-20_000, 20_000))
    of = draft("long", prints=many)
    place(store, of)
    (found,) = look(store, draft("copy", prints=many)).candidates
    assert (found.shared, found.prints) == (40_000, 40_000)


# alerts


def test_a_story_is_told_once_whatever_comes_after(store, reader):
    shared = prints_of("a b")
    first = place(store, draft("one", prints=shared), topics={"raids": ["hook"]})
    home = first.placement.story
    later = draft("two", prints=shared)
    second = place(store, later, joins=home, topics={"raids": ["hook"]})
    assert [one.decision for one in second.alerts] == ["suppressed"]
    assert [one.decision for one in reader.alerts(limit=9).items] == ["suppressed", "raised"]
    assert len(reader.deliveries(limit=9).items) == 1


def test_the_store_refuses_a_second_raised_alert_of_one_topic_and_story(database, store):
    home = place(store, draft("one"), topics={"raids": ["hook"]}).placement.story
    other = draft("two")

    def decide(view):
        made = decides(other, joins=home, topics={"raids": ["hook"]})(view)
        return replace(made, alerts=tuple(replace(a, decision="raised") for a in made.alerts))

    before = database.contents()
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        store.place(other, decide, NOON)
    assert database.contents() == before


def test_matches_are_counted_by_article_not_by_revision(store, reader):
    store.sync_topics([topic_spec("raids")], NOON)
    place(store, draft("one", article_text("1")), topics={"raids": []})
    place(store, draft("one", article_text("2")), topics={"raids": []})
    place(store, draft("two"), NOON - DAY, topics={"raids": []})
    (row,) = reader.topics(now=NOON, limit=9).items
    assert (row.matches_today, row.matches_total) == (1, 2)


def test_only_the_newest_revision_counts_as_matched(store):
    of = draft("one", article_text("2"))
    place(store, draft("one", article_text("1")), topics={"raids": []})
    place(store, of)
    assert look(store, of).matched == {of.article: frozenset()}


# one transaction


def test_a_decision_that_breaks_leaves_no_trace_and_the_entry_leased(database, store):
    stock(store, entry("one"), feed=feed_spec())
    (job,) = store.claim_entries(NOON, NOON + LEASE, "t", 1)
    before = database.contents()

    def decide(_view):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        store.place(draft("one"), decide, NOON, job=job)
    assert database.contents() == before
    assert store.place(draft("one"), decides(draft("one")), NOON, job=job)


def test_nothing_of_a_placement_shows_before_it_is_whole(store, reader):
    of = draft("one")

    def decide(view):
        assert reader.article(of.article) is None
        return decides(of, topics={"raids": ["hook"]})(view)

    assert store.place(of, decide, NOON)
    assert reader.article(of.article) is not None


def test_the_same_draft_placed_twice_gives_the_same_rows(database, store):
    of = draft("one", full_text("one"), prints=prints_of("a b"), origin_feed="f_1", caller_id="7")
    place(store, of, topics={"raids": ["hook"]})
    before = database.contents()
    again = place(store, of, topics={"raids": ["hook"]})
    assert (again.article, again.revision) == (of.article, None)
    assert database.contents() == before


def test_two_stores_fed_the_same_drafts_hold_the_same_rows(database, tmp_path):
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        store = database.maker.open(tmp_path / name)
        for n in range(4):
            body = full_text(str(n % 3))
            place(store, draft(f"a{n % 2}", body, prints=prints_of("a b")), topics={"t": ["c"]})
        store.close()
        contents.append(database.maker.contents(tmp_path / name))
    contents = [{**one, "meta": [], "_sqlite_migrations": []} for one in contents]
    assert contents[0] == contents[1]


def test_articles_whose_keys_would_be_equal_are_both_kept(store, reader):
    one, other = _of_equal_keys()
    place(store, one)
    place(store, other)
    first, second = reader.search(None)
    assert {first.article, second.article} == {one.article, other.article}
    assert first.key == second.key + 1
    assert look(store, one).latest.key == second.key


def _of_equal_keys():
    """Two drafts of one millisecond whose ids agree in the bits that a key takes of them."""
    seen = {}
    for n in itertools.count():
        of = draft(f"a{n}")
        low = article_key(0, of.article)
        if low in seen:
            return seen[low], of
        seen[low] = of
    raise AssertionError


# search


def test_search_finds_the_newest_revision_only(store, reader):
    place(store, draft("one", article_text("The old wording stands here.")))
    place(store, draft("one", article_text("The new wording stands here.")))
    assert search(reader, phrase("new wording")) == ["A title"]
    assert search(reader, phrase("old wording")) == []
    assert search(reader, phrase("wording stands")) == ["A title"]


def test_search_looks_in_title_standfirst_body_and_captions(store, reader):
    place(store, draft("one", full_text("one")))
    for column, words in {
        "title": "Title of one",
        "standfirst": "what it is ABOUT",
        "body": "second paragraph",
        "caption": "a gate",
    }.items():
        assert search(reader, phrase(words)) == ["Title of one"]
        assert search(reader, f"{column} : {phrase(words)}") == ["Title of one"]
        others = [c for c in ("title", "standfirst", "body", "caption") if c != column]
        assert search(reader, f"{{{' '.join(others)}}} : {phrase(words)}") == []


def test_no_phrase_runs_over_the_border_of_two_captions(store, reader):
    captions = (Caption("police at the gate"), Caption("raid in Tirana"))
    place(store, draft("one", article_text(captions=captions)))
    assert search(reader, '"the gate"') == ["A title"]
    assert search(reader, '"raid in"') == ["A title"]
    assert search(reader, '"gate raid"') == []


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Durrës është qytet", "durres eshte"),
        ("مجاهدين خلق در آلبانی", "مجاهدین خلق"),
        ("ΑΘΉΝΑ σήμερα", "αθηνα"),
        ("東京都で会議", "東京"),
        ("die Straße", "STRASSE"),
        ("Ёлка", "елка"),
    ],
)
def test_search_folds_as_queries_fold(store, reader, written, asked):
    place(store, draft("one", article_text(written)))
    assert search(reader, phrase(asked)) == ["A title"]


# hostile and odd text


ODD = {
    "a lone surrogate": "before \ud800 after",
    "both halves apart": "\udfff\ud800",
    "a NUL": "before\x00after",
    "only NULs": "\x00\x00",
    "controls": "".join(map(chr, range(32))) + "\x7f\x9b",
    "right to left": "\u202bسلام \u200fدنیا\u202c (شنبه) abc",
    "a bidi override": "safe\u202egpj.exe",
    "beyond the plane": "\U0001f5de\U0010ffff\U00020000",
    "non-characters": "\ufdd0\ufffe\uffff",
    "marks without end": "e" + "\u0301" * 2000,
    "line separators": "a\u2028b\u2029c\x85d",
    "quotes": "'; DROP TABLE article; -- \" ` %s ? :x",
    "JSON": '{"a": [1, "\\u0000"]}',
    "blank": " \t\n ",
    "nothing": "",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_text_survives_a_round_trip(database, store, reader, odd):
    text = article_text(
        odd,
        title=odd,
        standfirst=odd,
        byline=(odd, odd),
        captions=(Caption(odd, odd),),
        links=(Link(f"https://x.example/{odd}", odd, "related", "block", odd),),
        tags=(odd,),
        why=(odd,),
        language=odd,
    )
    name = odd.replace("\ud800", "").replace("\udfff", "")
    of = draft("odd", text, caller_id=f"x{odd}", outlet=Outlet("x.example", odd))
    of = replace(of, urls=(*of.urls, f"x.example/{odd}"), feed_tags=(odd,), origin_feed="f_1")
    place(store, of, topics={"raids": ["hook"]})
    seen = odd.replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
    row = reader.article(of.article)
    assert row.text == replace(
        text,
        body=seen,
        title=seen,
        standfirst=seen,
        byline=(seen, seen),
        captions=(Caption(seen, seen),),
        links=(Link(f"https://x.example/{seen}", seen, "related", "block", seen),),
        tags=(seen,),
        why=(seen,),
        language=seen,
    )
    assert (row.outlet.name, row.id) == (seen, f"x{seen}")
    assert len(row.text.body) == len(odd)  # spans are code points: they must still point right
    assert look(store, of).latest.text == row.text
    assert [found.text for found in reader.search(None)] == [row.text]
    for word in fold(name).split():
        assert search(reader, phrase(word)) == [seen], word
    # A second revision packs the first away against the new text.
    assert place(store, replace(of, text=article_text("x" + odd), text_hash="new")).revision == 2
    assert reader.article(of.article).text.body == "x" + seen
    assert database.sound() == []


def test_a_very_long_text_survives_and_is_found_by_its_last_word(store, reader):
    body = "\n\n".join(f"Paragraph {n} with some words in it." for n in range(60_000)) + " Zymer."
    place(store, draft("long", article_text(body)))
    (row,) = reader.search(phrase("zymer"))
    assert row.text.body == body
    later = body + " And a correction."
    assert place(store, draft("long", article_text(later))).revision == 2
    assert reader.article(row.article).text.body == later
    assert search(reader, phrase("a correction")) == ["A title"]


def test_a_page_of_many_links_and_captions_survives(store, reader):
    text = article_text(
        links=tuple(Link(f"https://x.example/{n}", str(n), "related") for n in range(3000)),
        captions=tuple(Caption(f"caption {n}", None) for n in range(500)),
        state=PageState("live", 0.5, ("date", "body")),
    )
    of = draft("one", text)
    place(store, of)
    assert reader.article(of.article).text == text


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_dates_at_the_ends_of_time_are_kept(store, reader, year):
    at = (year - 1970) * 365 * DAY
    stated = Dated(f"{year:04}-01-01", at, "day")
    of = draft("one", article_text(published=stated))
    place(store, of)
    assert reader.article(of.article).text.published == stated
    assert [found.article for found in reader.search(None)] == [of.article]


def test_related_links_that_we_hold_are_named(store, reader):
    held = draft("held")
    place(store, held)
    links = (
        Link("https://www.daily.example/held/", "held", "related"),
        Link("https://daily.example/other", "other", "related"),
        Link("https://daily.example/held", "cited", "citation"),
    )
    of = draft("one", article_text(links=links))
    place(store, of)
    assert reader.article(of.article).related_known == {links[0].url: held.article}


def test_an_article_goes_before_those_published_after_it_whenever_it_came(store, reader):
    for minutes in (5, 30, 1, 20):
        text = article_text(title=str(minutes), published=date(NOON - minutes * MINUTE))
        place(store, draft(f"a{minutes}", text))
    assert search(reader, None) == ["1", "5", "20", "30"]
