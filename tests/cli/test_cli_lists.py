"""`feeds|topics|stories|alerts|deliveries list`, `feeds show`, `stories show`, `status`: shapes,
pages, tables, and what stands there when there is nothing."""

from __future__ import annotations

import shlex

import pytest
from tests.cli.archive import BROKEN, CAMP, COPY, DAILY, ESCAPES
from tests.store.builders import NOON

from watcher.model.when import HOUR, MINUTE, rfc3339
from watcher.store.sqlite.store import open_store

SHAPES = {
    "feeds": {
        *("feed", "url", "fetch_url", "title", "outlet", "state", "last_poll", "next_due", "why"),
        *("reader", "entries", "lag", "error", "merged_into", "pause"),
    },
    "topics": {"topic", "version", "query", "channels", "matches_today", "matches_total"},
    "stories": {
        *("story", "title", "first_seen", "articles", "outlets", "languages"),
        *("links", "aliases", "acts", "original"),
    },
    "alerts": {
        *("alert", "kind", "topic", "topic_version", "story", "article", "revision", "decision"),
        *("reason", "at"),
    },
    "deliveries": {"delivery", "alert", "channel", "state", "attempts", "next_at"},
}
COUNTS = {"feeds": 2, "topics": 2, "stories": 4, "alerts": 2, "deliveries": 2}
IN_STORY = {
    *("article", "id", "title", "url", "outlet", "role", "kind", "copy_of", "score", "why"),
} | {"published", "first_seen", "language", "lag", "uncertain", "credit"}

names = pytest.mark.parametrize("name", SHAPES)


@names
def test_a_list_is_items_count_and_next(cli, db, name):
    shape = cli(name, "list", "--db", db, "--json").json
    assert set(shape) == {"schema_version", "items", "count", "next"}
    assert (shape["schema_version"], shape["count"], shape["next"]) == (1, COUNTS[name], None)
    assert [set(item) for item in shape["items"]] == [SHAPES[name]] * COUNTS[name]


@names
def test_ndjson_is_an_item_a_line(cli, db, name):
    lines = cli(name, "list", "--db", db, "--ndjson").lines
    assert [set(line) for line in lines] == [SHAPES[name] | {"schema_version"}] * COUNTS[name]


@names
def test_a_list_goes_on_after_its_cursor_in_json_and_in_words(cli, db, name):
    whole = cli(name, "list", "--db", db, "--json", "--limit", 0).json["items"]
    first = cli(name, "list", "--db", db, "--json", "--limit", 1).json
    assert (first["items"], first["count"]) == (whole[:1], 1)
    rest = cli(name, "list", "--db", db, "--json", "--after", first["next"]).json
    assert (rest["items"], rest["next"]) == (whole[1:], None)
    said = cli(name, "list", "--db", db, "--limit", 1).err
    assert shlex.split(said) == ["more:", "--after", first["next"]]


@names
def test_in_a_pipe_a_list_is_tab_separated_under_a_header(cli, db, name):
    result = cli(name, "list", "--db", db)
    head, *lines = result.out.rstrip("\n").split("\n")
    assert len(lines) == COUNTS[name]
    assert {line.count("\t") for line in [head, *lines]} == {head.count("\t")}
    assert head.count("\t") >= 4


@names
def test_an_empty_list_says_so_beside_the_data(cli, tmp_path, name):
    open_store(tmp_path / "e.db").close()
    result = cli(name, "list", "--db", "e.db")
    assert (result.status, result.out) == (0, "")
    assert result.err.startswith("no ")
    assert cli(name, "list", "--db", "e.db", "--json").json["items"] == []
    assert cli(name, "list", "--db", "e.db", "--ndjson").out == ""


@names
def test_without_a_database_a_list_says_how_to_get_one(cli, name):
    result = cli(name, "list")
    assert (result.status, result.code, result.out) == (69, "WTC-DB-001", "")
    assert "watcher once" in result.err
    assert cli(name, "list", "--json").error["code"] == "WTC-DB-001"


@pytest.mark.parametrize("name", ["stories", "alerts", "deliveries"])
def test_a_list_refuses_what_is_no_cursor(cli, db, name):
    result = cli(name, "list", "--db", db, "--after", "nothing")
    assert (result.status, result.code) == (2, "WTC-USE-004")


# feeds


def test_a_feed_shows_its_state_its_schedule_and_its_error(cli, db):
    items = {
        item["feed"]: item for item in cli("feeds", "list", "--db", db, "--json").json["items"]
    }
    daily, broken = items[DAILY.feed], items[BROKEN.feed]
    assert (daily["title"], daily["state"], daily["error"]) == ("The Daily", "active", None)
    assert (daily["last_poll"], daily["next_due"]) == (rfc3339(NOON), rfc3339(NOON + HOUR))
    assert (daily["entries"], daily["reader"], daily["lag"]) == (2, "feedparser", 0.0)
    assert broken["state"] == "failing"
    assert broken["error"]["code"] == "WTC-NET-503"
    assert broken["error"]["message"].startswith("the server is busy")


@pytest.mark.parametrize("name", [DAILY.feed, DAILY.url])
def test_feeds_show_adds_the_polls(cli, db, name):
    shape = cli("feeds", "show", name, "--db", db, "--json").json
    assert set(shape) == SHAPES["feeds"] | {
        *("schema_version", "polls", "failing", "hint", "reasons", "not_before", "quirks"),
        *("adopted", "move", "merged", "acts", "broken"),
    }
    (poll,) = shape["polls"]
    assert set(poll) == {
        *("at", "outcome", "status", "new", "changed", "seen", "code", "message", "ms"),
        *("reader", "lag", "notes"),
    }
    assert (poll["at"], poll["status"], poll["new"]) == (rfc3339(NOON), 200, 2)


def test_feeds_show_in_words_says_why_and_what_went_wrong(cli, db):
    out = cli("feeds", "show", BROKEN.feed, "--db", db).out
    assert f"feed       {BROKEN.feed}\ntitle      -\n" in out
    assert "state      failing\n" in out
    assert "error      WTC-NET-503: the server is busy" in out
    assert "\n\nat\toutcome\tstatus" in out


# stories


def test_a_story_lists_its_articles_with_what_they_are(cli, db):
    story = cli("show", CAMP.article, "--db", db, "--json").json["story"]
    shape = cli("stories", "show", story, "--db", db, "--json").json
    assert set(shape) == SHAPES["stories"] | {"schema_version"}
    assert (shape["title"], shape["first_seen"]) == ("Police raid the camp", rfc3339(NOON))
    original, copy = shape["articles"]
    assert set(original) == set(copy) == IN_STORY
    assert (original["article"], original["role"], original["id"]) == (
        CAMP.article,
        "original",
        "nr 41",
    )
    assert (copy["role"], copy["kind"], copy["copy_of"]) == ("copy", "same", CAMP.article)
    assert (copy["score"], copy["why"], copy["outlet"]) == (0.91, "91 % of its text", "The Other")


def test_the_list_of_stories_holds_those_of_one_article_too(cli, db):
    items = cli("stories", "list", "--db", db, "--json").json["items"]
    assert sorted(len(item["articles"]) for item in items) == [1, 1, 1, 2]
    table = cli("stories", "list", "--db", db).out
    row = next(line for line in table.splitlines() if "Police raid" in line)
    assert row.split("\t")[2:5] == ["2", "1", "The Daily, The Other"]


def test_stories_show_in_words(cli, db):
    story = cli("show", COPY.article, "--db", db, "--json").json["story"]
    out = cli("stories", "show", story, "--db", db).out
    assert out.startswith(f"story      {story}\ntitle      Police raid the camp\n")
    assert f"{COPY.article}\tcopy\tsame\tThe Other\tRaid: a copy\t91 % of its text\n" in out


# topics, alerts, deliveries


def test_topics_count_matches(cli, db):
    raids, storms = cli("topics", "list", "--db", db, "--json").json["items"]
    assert (raids["topic"], raids["version"], raids["query"]) == ("raids", 1, "raid OR raided")
    assert (raids["channels"], raids["matches_total"]) == (["hook", "desk"], 2)
    assert (storms["topic"], storms["matches_total"]) == ("storms", 0)


def test_alerts_tell_what_was_told_and_what_was_not(cli, db):
    suppressed, raised = cli("alerts", "list", "--db", db, "--json").json["items"]
    assert (raised["decision"], raised["reason"], raised["kind"]) == (
        "raised",
        "first match",
        "match",
    )
    assert (raised["topic"], raised["topic_version"], raised["at"]) == ("raids", 1, rfc3339(NOON))
    assert (raised["article"], raised["revision"]) == (CAMP.article, 1)
    assert (suppressed["decision"], suppressed["article"]) == ("suppressed", COPY.article)
    assert suppressed["story"] == raised["story"]
    assert suppressed["reason"] == f"copy of {ESCAPES}"


@pytest.mark.parametrize(("topic", "count"), [("raids", 2), ("storms", 0), ("nothing", 0)])
def test_alerts_can_be_those_of_one_topic(cli, db, topic, count):
    assert cli("alerts", "list", "--topic", topic, "--db", db, "--json").json["count"] == count


def test_deliveries_show_their_attempts_and_what_comes_next(cli, db):
    items = cli("deliveries", "list", "--db", db, "--json").json["items"]
    by_channel = {item["channel"]: item for item in items}
    done, waits = by_channel["hook"], by_channel["desk"]
    assert (done["state"], done["next_at"]) == ("done", None)
    assert done["attempts"] == [{"at": rfc3339(NOON), "status": 200, "error": None, "ms": 12}]
    assert (waits["state"], waits["next_at"]) == ("due", rfc3339(NOON + 5 * MINUTE))
    assert (waits["attempts"][0]["status"], waits["attempts"][0]["error"]) == (410, "gone")
    assert cli("deliveries", "list", "--state", "done", "--db", db, "--json").json["items"] == [
        done
    ]
    assert "\tdue\t1\tgone\t" in cli("deliveries", "list", "--db", db).out


def test_a_state_that_there_is_not_is_refused(cli, db):
    result = cli("deliveries", "list", "--state", "lost", "--db", db)
    assert (result.status, result.code) == (2, "WTC-USE-001")
    assert "due" in result.err


@pytest.mark.parametrize(
    ("args", "words"),
    [(["feeds", "show", "f_nothing"], "no feed"), (["stories", "show", "\udcff"], "no story")],
)
def test_what_is_not_there_ends_with_2_and_says_where_to_look(cli, db, args, words):
    result = cli(*args, "--db", db)
    assert (result.status, result.code, result.out) == (2, "WTC-USE-404", "")
    assert words in result.err
    assert f"`watcher {args[0]} list`" in result.err
    assert cli(*args, "--db", db, "--json").error["code"] == "WTC-USE-404"


# status


def test_status_counts_what_there_is(cli, db):
    shape = cli("status", "--db", db, "--json").json
    assert set(shape) == {
        *("schema_version", "daemon", "feeds", "entries_waiting", "articles", "stories"),
        *("matches", "alerts", "outbox", "next_due", "database", "failing", "notes"),
        *("entries_broken", "polls"),
    }
    assert shape["polls"] == {"hourly": 2.0, "stretched": 0}
    (failing,) = shape["failing"]
    assert (failing["url"], failing["failures"]) == (BROKEN.url, 1)
    assert failing["error"]["code"] == "WTC-NET-503"
    assert shape["notes"] == []
    assert shape["daemon"] == {"running": False, "pid": None, "since": None}
    assert (shape["feeds"]["active"], shape["feeds"]["failing"]) == (2, 1)
    assert (shape["articles"], shape["stories"], shape["alerts"]) == (5, 4, 1)
    assert shape["outbox"] == {
        "due": 1,
        "leased": 0,
        "dead": 0,
        "waiting": 0,
        "oldest": rfc3339(NOON),
    }
    assert shape["next_due"] == rfc3339(NOON + HOUR)
    assert (shape["database"]["path"], shape["database"]["version"]) == (str(db), 3)
    assert shape["database"]["size"] == db.stat().st_size


def test_status_in_words_is_a_line_a_thing(cli, db):
    lines = cli("status", "--db", db).out.splitlines()
    assert [line.split()[0] for line in lines] == [
        *("daemon", "feeds", "polls", "next", "articles", "matches", "outbox", "database"),
        "failing",
    ]
    assert lines[0].endswith("not running")
    assert "1 due, 0 being sent, 0 dead" in lines[6]


def test_the_database_is_the_configs_unless_named(cli, db, tmp_path):
    (tmp_path / "c.yaml").write_text(f"database: {db}\n")
    assert cli("status", "-c", "c.yaml", "--json").json["database"]["path"] == str(db)
    named = cli("status", "-c", "c.yaml", "--db", "none.db")
    assert (named.status, named.code) == (69, "WTC-DB-001")
    missing = cli("status", "-c", "nothing.yaml")
    assert (missing.status, missing.code) == (78, "WTC-CFG-001")


def test_people_say_what_stories_are_and_it_is_kept(cli, db, tmp_path):
    mine = tmp_path / "mine.db"
    mine.write_bytes(db.read_bytes())
    story = cli("show", COPY.article, "--db", mine, "--json").json["story"]

    said = cli("stories", "not-a-copy", COPY.article, "--db", mine, "--json").json
    assert {one["article"]: one["role"] for one in said["articles"]}[COPY.article] == "report"
    assert cli("stories", "not-a-copy", COPY.article, "--db", mine).status == 2

    made = cli("stories", "split", COPY.article, "--db", mine, "--json").json["story"]
    assert made != story
    assert (
        cli("stories", "show", made, "--db", mine, "--json")
        .json["acts"][0]["act"]
        .startswith("split: from")
    )

    merged = cli("stories", "merge", made, story, "--db", mine, "--json").json
    assert len(merged["articles"]) == 2
    assert cli("stories", "show", made, "--db", mine, "--json").json["story"] == merged["story"]
