"""The payload: a CloudEvent that carries a JSON Feed, small enough whatever a page holds."""

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.records import (
    MIDNIGHT,
    NOON,
    captions,
    cites,
    credited,
    day,
    draft,
    exact,
    member,
    prose,
    stored,
)

from watcher.alerts.payload import LIMIT, Source, build
from watcher.model.alert import Alert, PlaceView
from watcher.model.article import Credit, Link, Outlet
from watcher.model.story import Placement, Standing
from watcher.model.topic import Match, Span, TopicSpec
from watcher.model.when import HOUR, SECOND, Dated
from watcher.text.dates import parse_date

BODY = "Police entered the camp on Friday. " + prose("news", 4)
ONE = draft("one", BODY, title="Police enter camp", published=exact(NOON - HOUR))
SPANS = (Span("title", 13, 17, "camp"), Span("body", 19, 23, "camp"))
NOTHING = PlaceView(None, (), {}, {}, {})
FOUNDS = Placement("s_1", True, Standing("a_one", "original"))
TOPIC = TopicSpec("raids", "raid OR camp", "raid OR camp")
FEED = Source("f_1", "The feed", "https://one.example/feed", "https://one.example/")


def alert(made=ONE, **rest):
    facts = {
        "alert": "al_1",
        "kind": "match",
        "topic": "raids",
        "topic_version": 3,
        "story": "s_1",
        "article": made.article,
        "revision": 1,
        "decision": "raised",
        "reason": "camp",
        "at": NOON + 2 * HOUR,
    }
    return Alert(**{**facts, **rest})


def built(made=ONE, *, spans=SPANS, **rest):
    raised = rest.pop("alert", alert(made))
    facts = {
        "delivery": "d_1",
        "alert": raised,
        "match": Match("raids", 3, made.article, raised.revision, "camp", tuple(spans)),
        "topic": TOPIC,
        "draft": made,
        "placement": FOUNDS,
        "view": NOTHING,
        "source": FEED,
        "instance": "desk",
    }
    return build(**{**facts, **rest})


def read(*args, **rest):
    """The payload, its item and the item's own facts."""
    payload = json.loads(built(*args, **rest))
    item = payload["data"]["items"][0]
    return payload, item, item["_watcher"]


# -- the shape -----------------------------------------------------------------------------------

TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
URI = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$"}
FEED_ITEM = {
    "type": "object",
    "required": ["id", "content_text"],
    "properties": {
        "id": TEXT,
        "url": {"type": "string"},
        "title": {"type": "string"},
        "summary": TEXT,
        "content_text": {"type": "string"},
        "date_published": TIME,
        "date_modified": TIME,
        "language": TEXT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "authors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
            },
        },
        "_watcher": {"type": "object", "required": ["outlet", "seen_at", "match", "story"]},
    },
    "additionalProperties": False,
}
# CloudEvents 1.0 §3.1 and §3.2 (names are lower-case letters and digits), Standard Webhooks'
# `type`, `timestamp` and `data`, JSON Feed 1.1 under `data`.
SHAPE = {
    "type": "object",
    "required": ["id", "source", "specversion", "type", "time", "timestamp", "data"],
    "propertyNames": {"pattern": "^[a-z0-9]+$"},
    "properties": {
        "id": TEXT,
        "source": URI,
        "specversion": {"const": "1.0"},
        "type": {"const": "match.created"},
        "subject": TEXT,
        "time": TIME,
        "timestamp": TIME,
        "datacontenttype": {"const": "application/feed+json"},
        "data": {
            "type": "object",
            "required": ["version", "title", "items"],
            "properties": {
                "version": {"const": "https://jsonfeed.org/version/1.1"},
                "title": TEXT,
                "_watcher": {"type": "object", "required": ["alert", "kind", "reason", "topic"]},
                "items": {"type": "array", "items": FEED_ITEM, "minItems": 1, "maxItems": 1},
            },
            "additionalProperties": False,
        },
    },
}
SCHEMA = jsonschema.Draft202012Validator(SHAPE)


def sound(text):
    """Holds to the limit and to the shape; the payload."""
    assert len(text.encode("utf-8")) < LIMIT
    payload = json.loads(text)
    SCHEMA.validate(payload)
    for hit in payload["data"]["items"][0]["_watcher"]["match"]["hits"]:
        assert all(0 <= start < end <= len(hit["text"]) for start, end in hit["marks"])
    return payload


def test_a_payload_is_a_cloud_event_with_a_json_feed():
    payload = sound(built())
    assert {name: payload[name] for name in payload if name != "data"} == {
        "specversion": "1.0",
        "id": "d_1",
        "source": "urn:watcher:desk",
        "type": "match.created",
        "subject": "topic/raids/story/s_1",
        "time": "2026-03-10T14:00:00Z",
        "timestamp": "2026-03-10T14:00:00Z",
        "datacontenttype": "application/feed+json",
    }
    assert payload["data"]["title"] == "raids: 1 new"
    assert payload["data"]["_watcher"] == {
        "alert": "al_1",
        "kind": "match",
        "reason": "camp",
        "topic": {"id": "raids", "name": "raids", "query": "raid OR camp", "query_version": 3},
    }


def test_an_item_says_what_the_article_says():
    made = draft(
        "one",
        BODY,
        title="Police enter camp",
        published=exact(NOON - HOUR, "2026-03-10T12:00:00+01:00"),
        byline=("Fjori Sinoruka", "Ana Dole"),
        tags=("albania",),
        credit=Credit("Balkaninsight", "By F – Balkaninsight", None, "Balkan Insight", "full"),
        links=(
            Link("https://one.example/older", "Older", "related", "block"),
            cites("https://x.example"),
        ),
        canonical="https://one.example/story",
    )
    _, item, facts = read(made)
    assert item["id"] == "a_one"
    assert (item["url"], item["title"]) == ("https://one.example/story", "Police enter camp")
    assert item["summary"] == "Police enter camp Police entered the camp on Friday."
    assert item["content_text"] == BODY
    assert item["date_published"] == "2026-03-10T12:00:00+01:00"
    assert item["authors"] == [{"name": "Fjori Sinoruka"}, {"name": "Ana Dole"}]
    assert (item["tags"], item["language"]) == (["albania"], "en")
    assert facts["outlet"] == {"name": "One", "domain": "one.example"}
    assert facts["feed"]["id"] == "f_1"
    assert (facts["seen_at"], facts["date_confidence"]) == ("2026-03-10T12:00:00Z", "exact")
    assert facts["credit"] == {
        "outlet": "Balkaninsight",
        "known": "Balkan Insight",
        "text": "By F – Balkaninsight",
        "scope": "full",
    }
    assert facts["related"] == [
        {"title": "Older", "url": "https://one.example/older", "role": "related"}
    ]
    assert facts["word_count"] == len(BODY.split())
    assert facts["canonical_url"] == "https://one.example/story"


def test_the_match_says_which_words_and_where():
    _, _, facts = read()
    assert facts["match"]["clause"] == "camp"
    assert facts["match"]["clauses"] == [
        {"clause": "camp", "field": "title", "start": 13, "end": 17},
        {"clause": "camp", "field": "body", "start": 19, "end": 23},
    ]
    assert facts["match"]["hits"] == [
        {"field": "title", "text": "Police enter camp", "marks": [[13, 17]]},
        {"field": "body", "text": "Police entered the camp on Friday.", "marks": [[19, 23]]},
    ]


@pytest.mark.parametrize(
    ("published", "wanted"),
    [
        (None, (None, None, "none")),
        (day(MIDNIGHT, "2026-03-10"), (None, "2026-03-10", "day")),
        (exact(NOON, "2026-03-10T12:00:00Z"), ("2026-03-10T12:00:00Z", None, "exact")),
    ],
)
def test_a_day_is_no_time(published, wanted):
    _, item, facts = read(draft("one", BODY, published=published), spans=())
    assert wanted == (
        item.get("date_published"),
        facts.get("published_day"),
        facts["date_confidence"],
    )


def test_times_are_given_to_the_second():
    payload, _, facts = read(
        replace(ONE, seen_at=NOON + 999_999), alert=alert(at=NOON + SECOND + 1)
    )
    assert (payload["time"], facts["seen_at"]) == ("2026-03-10T12:00:01Z", "2026-03-10T12:00:00Z")


def test_what_is_not_known_is_not_there():
    made = draft("one", "", language=None)
    _, item, facts = read(made, spans=(), source=Source())
    assert not {"language", "authors", "tags", "summary", "date_modified"} & set(item)
    assert not {"feed", "credit", "related", "canonical_url", "published_day"} & set(facts)
    assert None not in [*item.values(), *facts.values()]
    assert item["content_text"] == ""


def test_an_instance_of_any_name_is_a_valid_source():
    payload = sound(built(instance="Nina's desk: 2 — Ä"))
    assert payload["source"].startswith("urn:watcher:Nina%27s%20desk%3A%202")


# -- the story -----------------------------------------------------------------------------------


def told(placement, *members, made=ONE, latest=None, **rest):
    view = PlaceView(latest, (), {}, {}, {"s_1": members})
    return read(made, placement=placement, view=view, **rest)[2]["story"]


def test_an_article_alone_is_the_original_of_its_story():
    assert told(FOUNDS) == {"id": "s_1", "role": "original", "articles": 1, "outlets": 1}


def test_a_copy_names_its_original_and_the_others():
    two = draft("two", BODY, title="The first of all", seen_at=NOON - HOUR)
    copy = Placement("s_1", False, Standing("a_one", "copy", "excerpt", "a_two", 0.9))
    story = told(copy, member(two))
    assert (story["role"], story["kind"]) == ("copy", "excerpt")
    assert (story["articles"], story["outlets"]) == (2, 2)
    assert story["original"] == {
        "article": "a_two",
        "title": "The first of all",
        "url": "https://two.example/story",
        "outlet": "Two",
        "role": "original",
        "first_seen": "2026-03-10T11:00:00Z",
    }
    assert story["also"] == [story["original"]]


def test_copies_that_are_known_by_then_are_listed_with_the_role_they_have_now():
    """The article takes the lead of a story: who led until now is a copy of it."""
    lead = Placement(
        "s_1",
        False,
        Standing("a_one", "original"),
        (Standing("a_two", "copy", "same", "a_one"), Standing("a_tri", "copy", "same", "a_one")),
    )
    two, tri = member(draft("two")), member(draft("tri"), role="copy", copy_of="a_two")
    story = told(lead, two, tri)
    assert story["role"] == "original"
    assert [(one["article"], one["role"]) for one in story["also"]] == [
        ("a_two", "copy"),
        ("a_tri", "copy"),
    ]


def test_a_copy_whose_original_was_decided_anew_names_the_new_one():
    anew = Placement(
        "s_1",
        False,
        Standing("a_one", "copy", "same", "a_tri"),
        (Standing("a_tri", "original"), Standing("a_two", "copy", "same", "a_tri")),
    )
    two, tri = member(draft("two")), member(draft("tri"), role="copy", copy_of="a_two")
    story = told(anew, two, tri)
    assert (story["original"]["article"], story["original"]["role"]) == ("a_tri", "original")


def test_a_revision_keeps_the_role_that_the_article_has():
    latest = stored(ONE, role="copy", copy_of="a_two")
    story = told(None, member(draft("two")), latest=latest, alert=alert(revision=2), made=ONE)
    assert (story["role"], story["original"]["article"]) == ("copy", "a_two")
    assert read(ONE, placement=None, alert=alert(revision=2))[2]["revision"] == {"n": 2}


def test_articles_of_one_outlet_count_as_one_outlet_each():
    same = Outlet("two.example", "Two")
    two = [member(draft(name, outlet=same)) for name in ("two", "tri")]
    story = told(FOUNDS, *two)
    assert (story["articles"], story["outlets"]) == (3, 2)


def test_a_second_article_of_the_same_outlet_makes_no_second_outlet():
    story = told(FOUNDS, member(draft("two", outlet=ONE.outlet)))
    assert (story["articles"], story["outlets"]) == (2, 1)


# -- whatever a page holds -----------------------------------------------------------------------

HUGE = 6_000
SHARP = ["🔥", "\x00", '"', "\\", "\ud800", "\udfff", "東", "a", " ", "\n", "é", "\u2028", "<", "%"]
MUCH = st.builds(
    lambda one, two, times: (one + two) * times,
    st.sampled_from(SHARP),
    st.sampled_from(SHARP),
    st.sampled_from([0, 1, 30, HUGE]),
)
SOME = st.sampled_from([0, 1, 40])


@st.composite
def hostile(draw):
    """Arguments of `build` of which any may be huge."""
    much = lambda: draw(MUCH)  # noqa: E731
    fields = {"body": much() or "x", "title": much(), "caption[0]": much()}
    spans = tuple(
        Span(name, at, at + 1, much())
        for name, words in fields.items()
        for at in range(0, min(draw(SOME) * 200, len(words)), 200)
    )
    made = draft(
        "one",
        fields["body"],
        title=fields["title"],
        standfirst=much(),
        byline=tuple(much() for _ in range(draw(SOME))),
        tags=tuple(much() for _ in range(draw(SOME))),
        language=much() or None,
        captions=captions(fields["caption[0]"]),
        credit=draw(st.none() | st.builds(Credit, MUCH, MUCH, MUCH, MUCH)),
        links=tuple(Link(much(), much(), "related") for _ in range(draw(SOME))),
        published=draw(st.none() | st.just(exact(NOON)) | st.just(day(MIDNIGHT))),
        canonical=much() or None,
        outlet=Outlet(much(), much()),
    )
    made = replace(made, url=much())
    others = tuple(
        replace(member(draft(f"m{n}", title=much(), outlet=Outlet(f"{n}", much()))), url=much())
        for n in range(draw(SOME))
    )
    return {
        "made": made,
        "spans": spans,
        "alert": alert(made, reason=much()),
        "topic": TopicSpec("raids", much(), "x"),
        "view": PlaceView(None, (), {}, {}, {"s_1": others}),
        "placement": Placement("s_1", False, Standing("a_one", "copy", "same", "a_m0")),
        "source": Source("f_1", much(), much(), much()),
    }


@settings(max_examples=80, deadline=None)
@given(hostile())
def test_no_draft_breaks_the_limit_or_the_shape(parts):
    made = parts.pop("made")
    text = built(made, **parts)
    payload = sound(text)
    text.encode("utf-8")  # no lone surrogate is left
    assert built(made, **parts) == text
    assert payload["id"] == "d_1"
    assert payload["data"]["_watcher"]["alert"] == "al_1"
    assert payload["data"]["items"][0]["id"] == "a_one"
    assert payload["data"]["items"][0]["_watcher"]["story"]["id"] == "s_1"


@pytest.mark.parametrize("char", ["a", "é", "東", "🔥", '"', "\x01", "\ud800"])
def test_the_largest_of_everything_fits_in_every_script(char):
    much = char * HUGE
    made = draft(
        "one",
        much,
        title=much,
        byline=(much,) * 40,
        tags=(much,) * 40,
        language=much,
        credit=Credit(much, much, much, much),
        links=(Link(much, much, "related"),) * 40,
        canonical=much,
        outlet=Outlet(much, much),
        published=exact(NOON),
    )
    spans = tuple(Span("body", at, at + 4, much) for at in range(105, 5_000, 130))
    others = tuple(replace(member(draft(f"m{n}", title=much)), url=much) for n in range(40))
    text = built(
        replace(made, url=much),
        spans=spans,
        topic=TopicSpec(much, much, much),
        alert=alert(made, reason=much, topic=much),
        match=Match("raids", 3, "a_one", 1, much, spans),
        view=PlaceView(None, (), {}, {}, {"s_1": others}),
        source=Source("f_1", much, much, much),
    )
    sound(text)


def test_an_ordinary_article_is_sent_with_all_that_is_said_of_it():
    """Nothing is trimmed while there is room: 4,000 characters of text, ten related links."""
    links = tuple(Link(f"https://one.example/{n}", f"Older {n}", "related") for n in range(15))
    made = draft("one", prose("long", 30), title="T", links=links, credit=credited("Two"))
    _, item, facts = read(made, spans=(Span("body", 0, 5, "x"),))
    assert len(item["content_text"]) == 4_000
    assert item["content_text"].endswith("…")
    assert len(facts["related"]) == 10


def test_the_text_is_trimmed_before_the_facts():
    links = tuple(Link("https://one.example/" + "x" * 900, "Older", "related") for _ in range(10))
    made = draft("one", "東" * 4_000, title="T", links=links)
    _, item, facts = read(made, spans=())
    assert len(item["content_text"]) in {2_000, 500}
    assert len(facts["related"]) == 10


def test_what_was_cut_is_said():
    assert "cut" not in read()[2]
    assert read(draft("one", prose("long", 30), title="T"), spans=())[2]["cut"] == ["content_text"]
    links = tuple(
        Link("https://one.example/" + "x" * 990, "東" * 300, "related") for _ in range(10)
    )
    made = draft("one", "東" * 3_900, title="T", links=links)
    text = built(made, spans=())
    _, item, facts = read(made, spans=())
    assert len(text.encode()) < LIMIT
    assert item["content_text"] == "" or len(item["content_text"]) < 3_900
    assert facts["cut"][0] == "content_text"
    assert ("related" in facts["cut"]) == (facts["related"] == [])


OLD = "The quay is closed. Three ships wait outside. The police say nothing."
NEW = "The quay is closed. Four ships wait outside. The police say nothing. It opens on Friday."


def revised(before, after, **rest):
    latest = stored(draft("one", before, title="Quay closed", **rest))
    made = draft("one", after, title="Quay closed")
    view = PlaceView(latest, (), {}, {}, {})
    return read(made, spans=(), view=view, alert=alert(made, revision=2))[2]["revision"]


def test_a_revision_says_which_sentences_went_and_came():
    assert revised(OLD, NEW)["diff"] == [
        {"op": "-", "text": "Three ships wait outside."},
        {"op": "+", "text": "Four ships wait outside."},
        {"op": "+", "text": "It opens on Friday."},
    ]
    assert revised(OLD, NEW)["n"] == 2
    assert len(revised(OLD, NEW)["previous_sha256"]) == 64


def test_a_page_in_place_of_its_feeds_text_is_no_change_of_anybodys():
    assert "diff" not in revised(OLD, NEW, source="feed")


def test_a_diff_is_short_whatever_was_rewritten():
    made = revised(prose("old", 300), prose("new", 300))
    assert 0 < len(made["diff"]) <= 12
    assert all(len(one["text"]) <= 300 for one in made["diff"])


def test_a_lone_surrogate_becomes_a_question_mark_and_marks_stay():
    made = draft("one", "Bad \ud800 text at the camp.", title="\udc00")
    text = built(made, spans=(Span("body", 18, 22, "camp"),))
    payload = sound(text)
    (hit,) = payload["data"]["items"][0]["_watcher"]["match"]["hits"]
    assert hit["text"] == "Bad ? text at the camp."
    assert [hit["text"][a:b] for a, b in hit["marks"]] == ["camp"]


def test_the_same_news_gives_the_same_bytes():
    assert built() == built()
    assert list(json.loads(built())) == list(json.loads(built(draft("two", "other"), spans=())))


@given(st.sampled_from(["2026-03-10T12:00:00Z", "2026-03-10T12:00:00+04:30"]))
def test_dates_can_be_read_back(said):
    made = draft("one", BODY, published=exact(NOON, said), modified=Dated(said, NOON))
    _, item, _ = read(made, spans=())
    assert parse_date(item["date_published"]) is not None
    assert item["date_modified"] == said
