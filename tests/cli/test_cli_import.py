"""`import`: archives into the database, lists of feeds into config.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.support import Cli, write

from watcher.config.load import load
from watcher.store.sqlite.lock import Lock

BODY = (
    "Workers at the harbour of Tarven stopped loading ships on Tuesday morning after talks about "
    "night shifts ended without a result, and the cranes stood still until the evening. The port "
    "authority said that seven vessels were waiting outside the breakwater, among them a tanker."
)


def lines(path: Path, rows: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return lines(
        tmp_path / "archive.jsonl",
        [
            {
                "id": "n1",
                "url": "https://ledger.example/1",
                "title": "Harbour strike",
                "body": BODY,
                "outlet": "Coast Ledger",
                "published": "2026-03-10T08:00:00Z",
            },
            {
                "id": "n2",
                "url": "https://watch.example/1",
                "title": "Cranes stand still",
                "body": f"{BODY}\n\nBy Ada Mirk – Coastledger",
                "published": "2026-03-10T07:00:00Z",
            },
            {"id": "n3", "body": "Kampi u mbyll.", "language": "sq", "outlet": "Kronika"},
        ],
    )


COUNTS = {"schema_version", "lines", "articles", "revisions", "unchanged", "copies", "matches"} | {
    "alerts",
    "refused",
}


def test_an_archive_is_placed_searchable_and_its_copies_are_folded(cli: Cli, archive: Path) -> None:
    done = cli("import", "articles", archive, "--db", "w.db", "--json")
    assert (done.status, set(done.json)) == (0, COUNTS)
    assert (done.json["lines"], done.json["articles"], done.json["copies"]) == (3, 3, 1)

    found = cli("search", "harbour", "--db", "w.db", "--json").json["items"]
    assert [item["id"] for item in found] == ["n1", "n2"]
    copy = cli("show", "id:n2", "--db", "w.db", "--json").json
    original = cli("show", "https://ledger.example/1", "--db", "w.db", "--json").json
    assert (copy["role"], copy["copy_of"]) == ("copy", original["article"])
    assert (copy["byline"], copy["credit"]["outlet"]) == (["Ada Mirk"], "Coastledger")


def test_importing_a_file_again_changes_nothing(cli: Cli, archive: Path) -> None:
    cli("import", "articles", archive, "--db", "w.db")
    again = cli("import", "articles", archive, "--db", "w.db", "--json").json
    assert (again["articles"], again["revisions"], again["unchanged"]) == (0, 0, 3)


def test_without_a_config_an_import_leaves_the_feeds_and_topics_of_the_database_as_they_are(
    cli: Cli, archive: Path, tmp_path: Path
) -> None:
    topic = {"query": "harbour", "channels": []}
    config = write(tmp_path / "config.yaml", "https://127.0.0.1/feed", topics={"port": topic})
    cli("import", "articles", archive, "--db", "w.db")
    before = [cli(what, "list", "--db", "w.db", "--json").json for what in ("feeds", "topics")]
    config.rename(tmp_path / "elsewhere.yaml")

    assert cli("import", "articles", archive, "--db", "w.db").status == 0

    config = (tmp_path / "elsewhere.yaml").rename(config)
    after = [cli(what, "list", "--db", "w.db", "--json").json for what in ("feeds", "topics")]
    assert before[0]["items"][0]["state"] == "active"
    assert after == before


def test_a_changed_line_is_a_revision(cli: Cli, tmp_path: Path, archive: Path) -> None:
    cli("import", "articles", archive, "--db", "w.db")
    later = lines(tmp_path / "later.jsonl", [{"id": "n3", "body": "Kampi u hap përsëri."}])
    assert cli("import", "articles", later, "--db", "w.db", "--json").json["revisions"] == 1
    assert cli("show", "id:n3", "--db", "w.db", "--json").json["body"] == "Kampi u hap përsëri."


def test_a_bad_line_is_told_with_its_place_and_costs_only_itself(cli: Cli, tmp_path: Path) -> None:
    source = tmp_path / "mixed.jsonl"
    source.write_bytes(
        b'{"id": 1, "body": "one"}\nnonsense\n\n{"id": 2, "title": 5}\n{"body": "no name"}\n'
        b'"text"\n\xff\xfe\n{"id": 3, "body": "three"}'
    )
    done = cli("import", "articles", source, "--db", "w.db")
    assert done.status == 1
    assert [line.partition("]: ")[2] for line in done.err.splitlines()] == [
        f"{source}:2: not JSON: Expecting value at character 1",
        f"{source}:4: title: a text is wanted, not a number",
        f"{source}:5: url or id is missing: an article needs one of them",
        f"{source}:6: a line is an object with keys such as id, url, title and body",
        f"{source}:7: not UTF-8",
    ]
    assert done.out.startswith(
        "7 lines: 2 articles (0 copies), 0 revisions, 0 unchanged, 5 refused"
    )


def test_standard_input_is_read_for_a_dash(cli: Cli) -> None:
    done = cli("import", "articles", "-", "--db", "w.db", "--json", stdin=b'{"id": 1, "body": "x"}')
    assert done.json["articles"] == 1


def test_a_file_that_is_not_there_is_said(cli: Cli) -> None:
    done = cli("import", "articles", "nowhere.jsonl", "--db", "w.db", "--json")
    assert (done.status, done.error["code"]) == (1, "WTC-IN-002")


def test_while_another_process_holds_the_database_nothing_is_imported(
    cli: Cli, archive: Path, tmp_path: Path
) -> None:
    cli("import", "articles", archive, "--db", "w.db")
    lock = Lock(tmp_path / "w.db")
    lock.acquire()
    try:
        done = cli("import", "articles", archive, "--db", "w.db", "--json")
    finally:
        lock.release()
    assert (done.status, done.error["code"]) == (75, "WTC-DB-075")


@pytest.mark.parametrize(
    ("flags", "decision", "reason"),
    [((), "suppressed", "imported without --alert"), (("--alert",), "raised", "harbour")],
)
def test_an_import_alerts_only_where_it_is_asked_to(
    flags: tuple[str, ...], decision: str, reason: str, cli: Cli, archive: Path, config: Path
) -> None:
    config.write_text("topics: {strike: harbour}\nalerts: {backlog: all}\n")
    done = cli("import", "articles", archive, *flags, "--json").json
    assert done["matches"] == 2
    assert done["alerts"][decision] >= 1
    told = cli("alerts", "list", "--json").json["items"]
    first = next(one for one in told if one["decision"] == decision and one["reason"] == reason)
    assert first["topic"] == "strike"


# lists of feeds

OPML = (
    b'<opml version="2.0"><body><outline text="Ballkani">'
    b'<outline xmlUrl="https://kronika.example/feed" title="Kronika e Bregut"/></outline>'
    b'<outline xmlUrl="https://ledger.example/rss" text="Ledger"/></body></opml>'
)


def test_opml_goes_into_the_config_with_its_folders_as_tags(
    cli: Cli, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "subs.opml").write_bytes(OPML)
    config.write_text("# mine\nfeeds:\n  - https://a.example/feed  # first\ntopics: {t: x}\n")
    done = cli("import", "opml", "subs.opml", "--json")
    assert done.status == 0
    assert (done.json["feeds"], done.json["added"], done.json["already_there"]) == (2, 2, 0)
    assert config.read_text() == (
        "# mine\nfeeds:\n  - https://a.example/feed  # first\n"
        "  - {url: https://kronika.example/feed, title: Kronika e Bregut, folder: [Ballkani],"
        " tags: [ballkani]}\n"
        "  - {url: https://ledger.example/rss, title: Ledger}\ntopics: {t: x}\n"
    )
    assert [feed.tags for feed in load(config).feeds] == [(), ("ballkani",), ()]
    again = cli("import", "opml", "subs.opml", "--json").json
    assert (again["added"], again["already_there"]) == (0, 2)


def test_exported_opml_brings_the_same_feeds_into_another_config(
    cli: Cli, config: Path, tmp_path: Path
) -> None:
    config.write_text(
        "feeds:\n  - {url: https://a.example/f, title: 'Fish & \"chips\"', folder: [Sea, Food]}\n"
        "  - {url: https://b.example/f, tags: [daily]}\n"
    )
    done = cli("export", "opml", "out.opml")
    assert (done.status, done.out) == (0, "")
    assert "2 feeds written to out.opml" in done.err
    assert cli("export", "opml").out == (tmp_path / "out.opml").read_text()

    before = load(config).feeds
    config.write_text("feeds: []\n")
    assert cli("import", "opml", "out.opml").status == 0
    after = load(config).feeds
    assert [one.url for one in after] == [one.url for one in before]
    assert [one.folder for one in after] == [("Sea", "Food"), ()]
    assert [one.tags for one in after] == [("sea", "food"), ("daily",)]
    assert after[0].title == 'Fish & "chips"'


def test_a_file_that_cannot_be_written_is_said(cli: Cli, config: Path) -> None:
    done = cli("export", "opml", "no/such/folder/x.opml")
    assert (done.status, done.code) == (1, "WTC-IN-005")


def test_what_is_no_opml_leaves_the_config_alone(cli: Cli, config: Path) -> None:
    before = config.read_bytes()
    done = cli("import", "opml", "-", "--json", stdin=b"<html><body>hello</body></html>")
    assert (done.status, done.error["code"]) == (1, "WTC-IN-004")
    assert done.error["hint"]
    assert config.read_bytes() == before


def test_a_plain_list_is_read_and_what_is_no_address_is_told(cli: Cli, config: Path) -> None:
    config.write_text("feeds: []\n")
    done = cli("import", "urls", "-", stdin=b"# x\nhttps://a.example/feed The A\nnope\n")
    assert done.status == 1
    assert "'nope' is no http(s) address" in done.err
    assert [(feed.url, feed.title) for feed in load(config).feeds] == [
        ("https://a.example/feed", "The A")
    ]


def test_a_thousand_feeds_are_added_at_once(cli: Cli, config: Path) -> None:
    config.write_text("feeds: []\n")
    many = "".join(f"https://a{n}.example/feed\n" for n in range(1000)).encode()
    assert cli("import", "urls", "-", "--json", stdin=many).json["added"] == 1000
    assert len(load(config).feeds) == 1000
