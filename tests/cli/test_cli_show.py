"""`show`: one article by every name it has, whole under --json, and for its reasons in words."""

from __future__ import annotations

import json

import pytest
from tests.cli.archive import CAMP, COPY, DAILY, FARSI
from tests.store.builders import NOON

from watcher.model.when import rfc3339

EXTRACT = {
    *("id", "url", "canonical_url", "title", "standfirst", "body", "byline", "credit"),
    *("published", "modified", "language", "captions", "links", "state", "method", "why", "tags"),
}
STORED = {
    *("article", "outlet", "outlet_domain", "text", "first_seen", "story", "role", "kind"),
    *("copy_of", "score", "story_why", "copies", "revisions", "matches", "alerts", "feeds"),
    *("gone", "recheck"),
    "origin",
}


@pytest.fixture
def show(cli, db):
    return lambda *args: cli("show", *args, "--db", db)


def test_json_is_the_extract_object_and_what_is_known_beside_it(show):
    shape = show(CAMP.article, "--json").json
    assert set(shape) == EXTRACT | STORED | {"schema_version"}
    text = CAMP.text
    assert (shape["article"], shape["id"], shape["url"]) == (CAMP.article, "nr 41", CAMP.url)
    assert (shape["title"], shape["standfirst"], shape["body"]) == (
        text.title,
        text.standfirst,
        text.body,
    )
    assert shape["credit"] == {
        "outlet": "Balkaninsight",
        "known": "Balkan Insight",
        "agency": "AP",
        "text": "By A – Balkaninsight",
        "scope": "full",
    }
    assert (shape["published"], shape["modified"]) == (text.published.text, "2026-09-21")
    assert shape["captions"][0] == {"text": "A gate", "credit": "Photo: B"}
    assert shape["state"] == {"kind": "article", "confidence": 0.75, "lacks": ["date"]}
    assert (shape["outlet"], shape["outlet_domain"]) == ("The Daily", "daily.example")
    assert (shape["first_seen"], shape["feeds"]) == (rfc3339(NOON), [DAILY.feed])
    assert (shape["role"], shape["kind"], shape["copy_of"]) == ("original", None, None)
    assert shape["copies"] == [COPY.article]


def test_json_tells_revisions_matches_and_alerts(show):
    shape = show(CAMP.article, "--json").json
    (revision,) = shape["revisions"]
    assert revision == {
        "n": 1,
        "seen_at": rfc3339(NOON),
        "changes": [],
        "title": CAMP.text.title,
        "text": "page",
        "words": 9,
    }
    (match,) = shape["matches"]
    assert (match["topic"], match["topic_version"], match["clause"]) == ("raids", 1, "raid")
    assert match["spans"] == [{"field": "body", "start": 0, "end": 4, "clause": "raid"}]
    (alert,) = shape["alerts"]
    assert (alert["decision"], alert["reason"]) == ("raised", "first match")


def test_links_say_their_role_and_which_of_them_are_stored(show):
    related, citation = show(CAMP.article, "--json").json["links"]
    assert related == {
        "url": COPY.url,
        "text": "The same at the Other",
        "role": "related",
        "kind": "block",
        "heading": None,
        "article": COPY.article,
    }
    assert (citation["role"], citation["kind"], citation["article"]) == ("citation", None, None)


def test_a_copy_says_of_what(show):
    shape = show(COPY.article, "--json").json
    assert (shape["role"], shape["kind"], shape["copy_of"]) == ("copy", "same", CAMP.article)
    assert (shape["score"], shape["story_why"]) == (0.91, "91 % of its text")
    out = show(COPY.article).out
    assert "(copy, same)" in out
    assert f"copy of    {CAMP.article}\n" in out


@pytest.mark.parametrize(
    "name",
    [
        CAMP.article,
        CAMP.url,
        "http://www.daily.example/camp/?utm_medium=feed#top",
        "id:nr 41",
    ],
)
def test_an_article_is_shown_by_every_name_it_has(show, name):
    assert show(name, "--json").json["article"] == CAMP.article


@pytest.mark.parametrize(
    "name", ["a_nothing", "https://daily.example/none", "id:0", "nonsense", "\udcff", ""]
)
def test_what_is_not_there_ends_with_2(show, name):
    result = show(name)
    assert (result.status, result.code, result.out) == (2, "WTC-USE-404", "")
    assert "watcher search" in result.err
    assert show(name, "--json").error["code"] == "WTC-USE-404"


def test_in_words_the_head_comes_first_then_the_text(show):
    lines = show(CAMP.article).out.splitlines()
    assert lines[0] == "# Police raid the camp"
    assert lines[2] == f"article    {CAMP.article}"
    assert "outlet     The Daily (daily.example)" in lines
    assert "by         Mira Dole" in lines
    assert "credit     By A – Balkaninsight" in lines
    text = lines.index("> What it is about.")
    assert lines[text + 2 : text + 5] == [
        "Police raided the camp at dawn.",
        "",
        "Nobody was hurt.",
    ]
    assert lines[-1] == "[caption] A road"


def test_why_tells_every_reason(show):
    out = show(CAMP.article, "--why").out
    for reason in (
        "why this text: dom\n  the longest text\n",
        "why this story: the first of its story\n",
        f"revisions:\n  1  {rfc3339(NOON)}  page  first\n",
        "matches:\n  raids v1 (revision 1)\n    because raid\n    body 0-4  raid\n",
        "alerts:\n  raids: raised: first match\n",
    ):
        assert reason in out, reason
    quiet = show(FARSI.article, "--why").out
    assert "\nmatches: none\n\nalerts: none\n" in quiet


def test_related_lists_the_related_links_in_place_of_the_text(show):
    result = show(CAMP.article, "--related")
    assert f"block   The same at the Other\n        {COPY.url}  = {COPY.article}\n" in result.out
    assert "a report" not in result.out
    assert "Nobody was hurt" not in result.out
    assert show(FARSI.article, "--related").err == "no related links on the page\n"


def test_copies_lists_the_copies_with_outlet_and_address(show):
    result = show(CAMP.article, "--copies")
    table = result.out.split("\n\n")[-1].splitlines()
    assert table == [
        "article\tkind\tscore\toutlet\ttitle\turl",
        f"{COPY.article}\tsame\t0.91\tThe Other\tRaid: a copy\t{COPY.url}",
    ]
    assert show(COPY.article, "--copies").err == "no copies known\n"


def test_right_to_left_text_is_printed_as_it_is(show):
    assert "# پلیس در اردوگاه\n" in show(FARSI.article).out
    assert json.loads(show(FARSI.article, "--json").out)["title"] == "پلیس در اردوگاه"
    assert "پلیس" in show(FARSI.article, "--json").out


# versions


@pytest.fixture
def edited(cli, tmp_path):
    """The camp article with two edits after the first version."""
    from dataclasses import replace

    from tests.store.builders import article_text, draft, place

    from watcher.model.when import HOUR
    from watcher.store.sqlite.store import open_store

    store = open_store(tmp_path / "edited.db")
    first = draft("tides", article_text("The ferry left at 0600. Two boats came.", title="Tides"))
    second = replace(first.text, body="The ferry left at 0700. Two boats came.")
    third = replace(second, title="Tides again", body=f"{second.body} Nobody was hurt.")
    for n, text in enumerate((first.text, second, third)):
        place(store, draft("tides", text), NOON + n * HOUR)
    store.close()
    return lambda *args: cli("show", *args, "--db", tmp_path / "edited.db")


TIDES = "https://daily.example/tides"


def test_diff_shows_what_the_newest_version_changed(edited):
    lines = edited(TIDES, "--diff").out.splitlines()
    assert lines[0] == "# Tides again"
    assert "changes: headline, added" in lines
    assert "  ~ Tides {+again+}" in lines
    assert "    … 2 sentences the same" in lines
    assert "  + Nobody was hurt." in lines


def test_diff_takes_two_versions_and_the_article_in_either_order(edited):
    assert "  ~ The ferry left at [-0600.-] {+0700.+}" in edited(TIDES, "--diff", "1..2").out
    assert edited("--diff", TIDES).out == edited(TIDES, "--diff").out
    back = edited(TIDES, "--diff", "3..1").out.splitlines()
    assert "changes: headline, number, removed" in back


def test_diff_as_json_names_parts_steps_and_words(edited):
    shape = edited(TIDES, "--diff", "1..3", "--json").json
    assert (shape["from"]["n"], shape["to"]["n"]) == (1, 3)
    assert shape["to"]["seen_at"] == rfc3339(NOON + 2 * 3_600_000_000)
    assert shape["changes"] == ["headline", "number", "added"]
    parts = {part["part"]: part["steps"] for part in shape["diff"]}
    assert [step["op"] for step in parts["body"]] == ["~", "=", "+"]
    assert parts["body"][0]["words"] == [
        {"op": "=", "text": "The ferry left at "},
        {"op": "-", "text": "0600. "},
        {"op": "+", "text": "0700. "},
    ]
    assert "".join(step["after"] for step in parts["body"]).endswith("Nobody was hurt.")


def test_an_older_version_can_be_read_and_all_are_listed(edited):
    assert "The ferry left at 0600." in edited(TIDES, "--revision", 1).out
    assert (
        edited(TIDES, "--revision", 2, "--json").json["body"].startswith("The ferry left at 0700")
    )
    lines = edited(TIDES, "--revisions").out.splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == ["1", "2", "3"]
    shapes = edited(TIDES, "--revisions", "--ndjson").lines
    assert [one["n"] for one in shapes] == [1, 2, 3]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--diff", "7..9"), "WTC-USE-404"),
        (("--revision", "9"), "WTC-USE-404"),
        (("--diff", "x"), "WTC-USE-002"),
    ],
)
def test_versions_that_are_not_there_are_named(edited, args, code):
    done = edited(TIDES, *args)
    assert (done.status, done.code) == (2, code)


def test_an_article_never_changed_says_so(show):
    assert "is the only one" in show(CAMP.article, "--diff").out


def test_show_without_an_article_asks_for_one(show):
    assert show("--related").code == "WTC-USE-002"


def test_an_article_that_is_gone_says_so_above_its_last_text():
    from watcher.cli.versions import gone
    from watcher.model.recheck import Look

    look = Look("a_one", "https://a.example/1", NOON, "", None)
    assert gone(None) is None
    assert gone(look) is None
    lost = Look(
        "a_one", "https://a.example/1", NOON, "", None,
        gone="emptied", gone_why="4 of 200 words are left", gone_at=NOON,
    )  # fmt: skip
    assert gone(lost) == (
        f"emptied: 4 of 200 words are left, since {rfc3339(NOON)}; this is its last text"
    )
