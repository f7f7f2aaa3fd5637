"""What other programs have comes in, and what is here goes out, without harm on either side."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.support import Cli

from watcher.cli.export_archive import safe
from watcher.config.load import load
from watcher.feeds.foreign import parse_list, parse_newsboat
from watcher.topics.google import parse_alerts, translated
from watcher.topics.parse import parse_query

START = "# mine\nfeeds: []  # mine too\ntopics:\n  old: ferry  # kept\nalerts: {backlog: 1d}\n"


def test_newsboats_urls_with_tags_and_titles_come_in(cli: Cli):
    Path("config.yaml").write_text(START)
    Path("urls").write_text(
        '# news\nhttps://a.example/f news "big ones" "~The A"\n\nhttps://b.example/f\n'
        '"query:Unread:unread = \\"yes\\""\nhttps://c.example/f "never closed\n'
    )
    done = cli("import", "newsboat", "urls", "--json")
    assert (done.status, done.json["added"], done.json["refused"]) == (1, 3, 1)
    a, b, _ = load(Path("config.yaml")).feeds
    assert (a.url, a.title, a.tags) == ("https://a.example/f", "The A", ("news", "big-ones"))
    assert (b.title, b.tags) == (None, ())
    assert "# mine too" in Path("config.yaml").read_text()


MINIFLUX = [
    {
        "id": 1,
        "feed_url": "https://a.example/f",
        "site_url": "https://a.example/",
        "title": "The A",
        "category": {"id": 2, "title": "Balkans"},
    },
    {"feed_url": "javascript:alert(1)", "title": "no"},
]
GREADER = {
    "subscriptions": [
        {
            "id": "feed/https://b.example/f",
            "title": "The B",
            "url": "https://b.example/f",
            "categories": [{"id": "user/-/label/News", "label": "News"}],
        }
    ]
}
OPML = '<opml version="2.0"><body><outline text="N"><outline xmlUrl="https://o.example/f"/></outline></body></opml>'


def test_miniflux_and_freshrss_come_in_as_json_or_opml(cli: Cli):
    Path("config.yaml").write_text(START)
    done = cli("import", "miniflux", "-", "--json", stdin=json.dumps(MINIFLUX).encode())
    assert (done.json["added"], done.json["refused"]) == (1, 1)
    assert cli("import", "freshrss", "-", stdin=json.dumps(GREADER).encode()).status == 0
    assert cli("import", "freshrss", "-", stdin=OPML.encode()).status == 0
    held = {feed.url: feed.tags for feed in load(Path("config.yaml")).feeds}
    assert held == {
        "https://a.example/f": ("balkans",),
        "https://b.example/f": ("news",),
        "https://o.example/f": ("n",),
    }


@pytest.mark.parametrize("raw", [b"", b"{", b"{}", b'{"feeds": 3}', b"[1, {}]", b"words", b"\xff"])
def test_what_is_no_list_is_said_or_holds_nothing(cli: Cli, raw: bytes):
    Path("config.yaml").write_text(START)
    done = cli("import", "miniflux", "-", stdin=raw)
    assert done.status == 1
    assert Path("config.yaml").read_text() == START
    parse_newsboat(raw.decode("latin-1"))
    if raw.startswith(b"[1"):
        assert parse_list(raw).feeds == ()


ALERTS = [
    {"query": '"Lantern Movement" | (camp -ferry) site:example.org', "language": "en"},
    {"query": "intitle:strike * harbour", "language": "sq", "apply_language_restrict": True},
    {"query": "intitle:strike * harbour", "language": "en"},
    {"query": "((", "language": "en"},
]


def test_google_alerts_become_topics_and_what_cannot_is_told(cli: Cli):
    Path("config.yaml").write_text(START)
    Path("a.json").write_text(json.dumps({"alerts": {"subscriptions": ALERTS}}))
    done = cli("import", "google-alerts", "a.json", "--json")
    assert done.status == 1
    assert done.json == {
        "schema_version": 1,
        "topics": 4,
        "added": 3,
        "already_there": 0,
        "refused": 1,
    }
    held = {one.topic: one for one in load(Path("config.yaml")).topics}
    assert set(held) == {
        *("old", "lantern-movement-camp-ferry-site-example", "intitle-strike-harbour"),
        "intitle-strike-harbour-2",
    }
    assert held["intitle-strike-harbour"].query == "title:strike harbour"
    assert held["intitle-strike-harbour"].scope.langs == ("sq",)
    assert "# kept" in Path("config.yaml").read_text()
    again = cli("import", "google-alerts", "a.json", "--json")
    assert (again.json["added"], again.json["already_there"]) == (0, 3)


@pytest.mark.parametrize(
    ("google", "ours"),
    [
        ('"a b" | c', '"a b" OR c'),
        ("+must -not", "must -not"),
        ("a AND b filetype:pdf inurl:x", "a b"),
        ("allintitle:one two", "title:one two"),
        ("-intitle:x site:example.org", "-title:x site:example.org"),
        ("Фенер OR علی", "Фенер OR علی"),
    ],
)
def test_googles_language_is_put_into_ours(google: str, ours: str):
    assert translated(google) == ours
    parse_query(ours, {})


def test_every_alert_has_a_name_that_a_topic_may_have():
    found = parse_alerts(json.dumps([{"query": q} for q in ("علی", "!!", "a" * 99)]).encode())
    assert [one.name for one in found] == ["alert", "alert-2", "a" * 40]


@pytest.mark.parametrize(
    "before",
    [
        *(START, "", "# only words\n", "feeds: []", "topics: {}\n", "topics:\nfeeds: []\n"),
        "topics:\n    wide: ferry\n\n# after\nfeeds: []\n",
        "topics: {}  # none yet\nfeeds: []\n",
        "feeds: []\r\ntopics:\r\n  a: ferry\r\n",
    ],
)  # fmt: skip
def test_a_topic_is_added_wherever_the_file_has_room_for_it(cli: Cli, before: str):
    Path("config.yaml").write_bytes(before.encode())
    done = cli("topics", "add", "new", 'ferry AND "late: again"')
    assert (done.status, done.out) == (0, 'added: new: ferry AND "late: again"\n')
    assert "next: `watcher topics test new`" in done.err
    after = Path("config.yaml").read_bytes().decode()
    assert load(Path("config.yaml")).topics[-1].query == 'ferry AND "late: again"'
    kept = [part for part in before.split() if part not in {"topics:", "{}"}]
    assert all(part in after for part in kept)
    assert cli("topics", "add", "new", "other").code == "WTC-USE-023"


@pytest.mark.parametrize(
    ("args", "status"),
    [(["t", "(ferry"], 2), (["bad name", "ferry"], 78), (["t", "ferry", "--channel", "no"], 78)],
)
def test_a_bad_topic_writes_nothing(cli: Cli, args: list[str], status: int):
    Path("config.yaml").write_text(START)
    assert cli("topics", "add", *args).status == status
    assert Path("config.yaml").read_text() == START


def test_what_is_written_on_one_line_is_left_to_its_owner(cli: Cli):
    for text in ("{topics: {a: ferry}}\n", "topics: {a: ferry}\n"):
        Path("config.yaml").write_text(text)
        assert cli("topics", "add", "t", "ferry").code == "WTC-CFG-032"
        assert Path("config.yaml").read_text() == text


def put(cli: Cli) -> None:
    lines = [
        {
            "id": "n 1",
            "url": "https://a.example/1",
            "title": "=HYPERLINK(\"https://evil.example\")",
            "standfirst": "-2+3",
            "body": "The ferry left at noon, said the harbour office. " * 9,
            "byline": ["Ada Mirk"],
            "published": "2026-03-10T09:00:00+01:00",
            "seen_at": "2026-03-10T10:00:00Z",
            "language": "en",
            "captions": ["A ferry"],
            "related": ["https://a.example/2"],
        },
        {"id": "n2", "title": "Пристань", "body": "Паром ушёл в полдень. " * 9, "language": "ru"},
    ]  # fmt: skip
    Path("in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert cli("import", "articles", "in.jsonl").status == 0


def test_an_archive_goes_out_and_in_again_unchanged(cli: Cli):
    put(cli)
    assert "2 articles written" in cli("export", "ndjson", "out.jsonl").err
    assert cli("import", "articles", "out.jsonl", "--db", "other.db").status == 0
    first = cli("export", "ndjson").lines
    second = cli("export", "ndjson", "--db", "other.db").lines
    known = {"schema_version", "article", "story", "copy_of"}
    assert [{k: v for k, v in one.items() if k not in known} for one in first] == [
        {k: v for k, v in one.items() if k not in known} for one in second
    ]
    assert first[0]["related"] == ["https://a.example/2"]
    assert cli("export", "ndjson", "out.jsonl").code == "WTC-IN-006"


def test_a_table_runs_no_formula(cli: Cli):
    put(cli)
    done = cli("export", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert rows[0]["title"].startswith("'=HYPERLINK")
    assert rows[0]["standfirst"] == "'-2+3"
    assert rows[1]["title"] == "Пристань"
    assert [safe(one) for one in ("=1", "@x", "\tx", "x=1", None, 3)] == [
        *("'=1", "'@x", "'\tx", "x=1", "", "3"),
    ]


def test_since_leaves_out_what_is_older(cli: Cli):
    put(cli)
    assert len(cli("export", "ndjson", "--since", "2026-03-11").lines) == 1


def test_a_plain_file_holds_it_all_for_sql(cli: Cli, db: Path):
    done = cli("export", "sqlite", "plain.db", "--db", db)
    assert (done.status, done.out, done.err[:5]) == (0, "written: plain.db\n", "feeds")
    with closing(sqlite3.connect("plain.db")) as plain:
        titles = plain.execute(
            "SELECT a.title, a.outlet, a.first_seen FROM articles_fts f JOIN articles a"
            " ON a.rowid = f.rowid WHERE articles_fts MATCH 'raid' ORDER BY a.title"
        ).fetchall()
        assert titles[0][0] == "Police raid the camp"
        assert titles[0][2].endswith("Z")
        for table in ("feeds", "stories", "matches", "alerts", "topics", "revisions", "links"):
            assert plain.execute(f"SELECT count(*) FROM {table}").fetchone()[0], table
        assert plain.execute("PRAGMA quick_check").fetchone() == ("ok",)
        copies = plain.execute("SELECT count(*) FROM articles WHERE copy_of IS NOT NULL")
        assert copies.fetchone()[0] == 1
    assert cli("export", "sqlite", "plain.db", "--db", db).code == "WTC-IN-006"
