"""`parse` and `extract`: one feed or page, or many by a manifest, from files, standard input and
addresses; nothing is stored."""

from __future__ import annotations

import gzip
import json

import pytest
from tests.support.site import Reply, Site

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour Daily</title><link>https://harbour.example/</link>
<language>en</language>
<item><title>Ferry late again</title><link>https://harbour.example/1</link><guid>h1</guid>
<pubDate>Tue, 10 Mar 2026 08:10:00 +0100</pubDate><author>ana@harbour.example (Ana Holt)</author>
<description>It left at noon.</description>
<enclosure url="https://harbour.example/1.mp3" type="audio/mpeg" length="7"/></item>
<item><title>پل بسته شد</title><link>https://harbour.example/2</link></item>
</channel></rss>
"""
SENTENCES = [
    "The ferry to the island left three hours late on Tuesday, the third time this month.",
    "Its captain blamed a pump that was mended in winter and failed again in the first swell.",
    "Passengers waited in the hall, where the bakery gave out bread until it had none left.",
    "The harbour office promised a second boat from May, if the council finds the money for it.",
]
PAGE = f"""<!doctype html><html lang="en"><head><title>Ferry late again - Harbour Daily</title>
<link rel="canonical" href="https://harbour.example/1">
<meta property="og:site_name" content="Harbour Daily">
<meta property="article:published_time" content="2026-03-10T08:10:00+01:00"></head>
<body><article><h1>Ferry late again</h1><p class="byline">By Ana Holt</p>
{"".join(f"<p>{sentence}</p>" for sentence in SENTENCES)}
</article></body></html>"""

EXTRACT = {
    *("id", "url", "canonical_url", "title", "standfirst", "body", "byline", "credit"),
    *("published", "modified", "language", "captions", "links", "state", "method", "why"),
    "schema_version",
}


@pytest.fixture
def pages(site: Site) -> Site:
    site.routes = {
        "/page": PAGE,
        "/feed": Reply(FEED, type="application/rss+xml"),
        "/gone": 410,
        "/bomb": Reply("<p>x</p>", type="application/pdf"),
    }
    return site


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "feed.xml").write_text(FEED)
    (tmp_path / "feed.xml.gz").write_bytes(gzip.compress(FEED.encode()))
    (tmp_path / "broken.gz").write_bytes(gzip.compress(PAGE.encode())[:40])
    return tmp_path


# parse


def test_parse_prints_the_feed_and_its_entries(cli, folder):
    shape = cli("parse", "feed.xml", "--json").json
    assert set(shape) == {"schema_version", "feed", "entries", "parts", "reader", "problems"}
    feed = shape["feed"]
    assert (feed["title"], feed["site_url"], feed["language"]) == (
        "Harbour Daily",
        "https://harbour.example/",
        "en",
    )
    first, second = shape["entries"]
    assert {"id", "url", "title", "published", "updated", "authors", "summary", "content"} <= set(
        first
    )
    assert (first["id"], first["url"]) == ("h1", "https://harbour.example/1")
    assert first["published"] == "2026-03-10T08:10:00+01:00"
    assert first["enclosures"] == [
        {"url": "https://harbour.example/1.mp3", "type": "audio/mpeg", "length": 7}
    ]
    assert first["source"] is None
    assert (second["title"], second["published"]) == ("پل بسته شد", None)
    assert shape["problems"] == [{"code": "WTC-FEED-102", "message": "entries without an id: 1"}]


def test_parse_in_words_is_a_head_and_two_lines_an_entry(cli, folder):
    result = cli("parse", "feed.xml")
    head, _, rest = result.out.partition("\n\n")
    assert head.startswith("Harbour Daily (rss")
    assert rest == (
        "Ferry late again\n  2026-03-10T08:10:00+01:00  https://harbour.example/1\n\n"
        "پل بسته شد\n  no date  https://harbour.example/2\n"
    )


def test_every_way_to_the_same_feed_reads_the_same(cli, folder, config, pages):
    asked = (
        ("feed.xml", b""),
        ("feed.xml.gz", b""),
        ("-", FEED.encode()),
        ("-", gzip.compress(FEED.encode())),
        (pages.url("/feed"), b""),
    )
    read = [cli("parse", source, "--json", stdin=body).json["entries"] for source, body in asked]
    assert read == [read[0]] * len(asked)


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [
        ("page.html", 1, "WTC-FEED-"),
        ("nothing.xml", 1, "WTC-IN-002"),
        (".", 1, "WTC-IN-002"),
        ("broken.gz", 1, "WTC-IN-003"),
        ("http://127.0.0.1:9/feed", 69, "WTC-NET-"),
    ],
)
@pytest.mark.parametrize("command", ["parse", "extract"])
def test_what_cannot_be_read_is_said_with_its_source(cli, folder, command, source, status, code):
    if command == "extract" and source == "page.html":
        return
    result = cli(command, source)
    assert (result.status, result.out) == (status, "")
    assert result.code.startswith(code)
    assert source in result.err
    under_json = cli(command, source, "--json")
    assert (under_json.status, under_json.out) == (status, "")
    assert under_json.error["code"] == result.code


@pytest.mark.parametrize("command", ["parse", "extract"])
def test_nothing_named_is_a_usage_error(cli, command):
    result = cli(command)
    assert (result.status, result.code) == (2, "WTC-USE-003")
    assert "`-` for standard input" in result.err


def test_a_page_that_answers_an_error_ends_with_69(cli, config, pages):
    result = cli("extract", pages.url("/gone"), "--json")
    assert (result.status, result.out) == (69, "")
    assert pages.url("/gone") in result.error["message"]
    assert result.error["hint"]


# extract


def test_extract_prints_the_article(cli, folder):
    shape = cli("extract", "page.html", "--json").json
    assert set(shape) >= EXTRACT
    assert (shape["id"], shape["title"]) == (None, "Ferry late again")
    assert shape["body"] == "\n\n".join(SENTENCES)
    assert (shape["byline"], shape["credit"]) == (["Ana Holt"], None)
    assert (shape["published"], shape["language"]) == ("2026-03-10T08:10:00+01:00", "en")
    assert shape["canonical_url"] == "https://harbour.example/1"
    assert set(shape["state"]) == {"kind", "confidence", "lacks"}
    assert shape["state"]["kind"] == "article"
    assert isinstance(shape["why"], list)


def test_every_way_to_the_same_page_reads_the_same(cli, folder, config, pages):
    url = pages.url("/page")
    asked = (
        (["page.html", "--url", url], b""),
        (["page.html.gz", "--url", url], b""),
        (["-", "--url", url], PAGE.encode()),
        (["-", "--url", url], gzip.compress(PAGE.encode())),
        ([url], b""),
    )
    read = [cli("extract", *args, "--json", stdin=body).json for args, body in asked]
    assert read[0]["url"] == url
    assert read == [read[0]] * len(asked)


def test_several_pages_are_an_object_a_line_and_a_bad_one_costs_only_itself(cli, folder):
    result = cli("extract", "page.html", "nothing.html", "page.html.gz", "--json")
    assert result.status == 1
    assert [line["title"] for line in result.lines] == ["Ferry late again"] * 2
    assert result.error["code"] == "WTC-IN-002"


def test_in_words_the_article_reads_as_one(cli, folder):
    result = cli("extract", "page.html")
    assert result.err == ""
    head, _, text = result.out.partition("\n\n" + SENTENCES[0])
    assert head.startswith("# Ferry late again\n\nurl        https://harbour.example/1\n")
    assert "\nby         Ana Holt\npublished  2026-03-10T08:10:00+01:00\nlanguage   en\n" in head
    assert text.strip().endswith(SENTENCES[-1])


def test_why_goes_beside_the_data(cli, folder):
    plain, why = cli("extract", "page.html"), cli("extract", "page.html", "--why")
    assert why.out == plain.out
    assert why.err.startswith("\nmethod: ")
    assert "title: " in why.err


def test_nothing_is_stored(cli, folder, config, pages):
    before = sorted(one.name for one in folder.iterdir())
    for args in (["parse", "feed.xml"], ["extract", "page.html"], ["parse", pages.url("/feed")]):
        assert cli(*args).status == 0
    assert sorted(one.name for one in folder.iterdir()) == before


def test_the_credit_is_resolved_by_the_configs_outlets(cli, folder):
    credited = PAGE.replace("</article>", "<p>By Ana Holt – Balkaninsight</p></article>")
    (folder / "credited.html").write_text(credited)
    (folder / "config.yaml").write_text(
        "outlets: {balkaninsight.com: {name: Balkan Insight, aka: [Balkaninsight]}}\n"
    )
    credit = cli("extract", "credited.html", "--json").json["credit"]
    assert (credit["outlet"], credit["known"]) == ("Balkaninsight", "Balkan Insight")


# manifests


def manifest(folder, *lines) -> str:
    path = folder / "in.jsonl"
    path.write_bytes(
        b"".join(
            (one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines
        )
    )
    return str(path)


def test_a_manifest_gives_a_line_out_for_each_line_in(cli, folder, config, pages):
    path = manifest(
        folder,
        {"id": "a", "path": "page.html", "url": "https://harbour.example/x"},
        {"id": 2, "path": "page.html.gz"},
        b"",
        {"id": "net", "url": pages.url("/page")},
        {"id": "gone", "url": pages.url("/gone")},
        {"id": "none", "path": "nothing.html"},
    )
    result = cli("extract", "--manifest", path, "--ndjson")
    assert (result.status, result.err) == (0, "")
    a, two, net, gone, none = result.lines
    assert [one["id"] for one in result.lines] == ["a", 2, "net", "gone", "none"]
    assert [one["schema_version"] for one in result.lines] == [1] * 5
    for good in (a, two, net):
        assert set(good) >= EXTRACT
        assert good["title"] == "Ferry late again"
    assert (a["url"], net["url"]) == ("https://harbour.example/x", pages.url("/page"))
    assert set(gone) == set(none) == {"schema_version", "id", "error"}
    assert set(gone["error"]) == {"code", "message"}
    assert gone["error"]["code"].startswith("WTC-NET")
    assert none["error"]["code"] == "WTC-IN-002"


@pytest.mark.parametrize("command", ["parse", "extract"])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "not JSON"),
        (b"[1]", "not a manifest line"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "too deep"),
        ({"id": "x"}, "path or url is missing"),
        ({"id": "x", "path": 5}, "path is no text"),
        ({"id": "x", "path": "page.html", "url": ["a"]}, "url is no text"),
        ({"id": "x", "path": "a\x00b"}, "null"),
    ],
)
def test_a_bad_line_of_a_manifest_costs_only_itself(cli, folder, command, line, words):
    good = {"id": "good", "path": {"parse": "feed.xml", "extract": "page.html"}[command]}
    result = cli(command, "--manifest", manifest(folder, line, good), "--ndjson")
    assert result.status == 0
    bad, fine = result.lines
    assert words in bad["error"]["message"]
    assert (fine["id"], "error" in fine) == ("good", False)


def test_a_bad_line_is_named_by_its_number(cli, folder):
    path = manifest(folder, {"id": 1, "path": "page.html"}, b"{")
    bad = cli("extract", "--manifest", path, "--ndjson").lines[1]
    assert bad["id"] is None
    assert bad["error"]["message"].startswith(f"{path}:2: ")


def test_a_manifest_comes_from_standard_input_too(cli, folder):
    line = json.dumps({"id": "in", "path": str(folder / "page.html")}).encode()
    result = cli("extract", "--manifest", "-", "--ndjson", stdin=line)
    assert [one["id"] for one in result.lines] == ["in"]


def test_paths_are_relative_to_the_manifest(cli, folder, monkeypatch):
    path = manifest(folder, {"id": 1, "path": "page.html"})
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert cli("extract", "--manifest", path).lines[0]["title"] == "Ferry late again"


def test_a_manifest_that_is_not_there_is_said(cli):
    result = cli("extract", "--manifest", "nothing.jsonl")
    assert (result.status, result.code, result.out) == (1, "WTC-IN-002", "")


def test_a_feed_manifest_gives_feeds(cli, folder):
    path = manifest(folder, {"id": "f", "path": "feed.xml.gz", "url": "https://harbour.example/f"})
    (line,) = cli("parse", "--manifest", path, "--ndjson").lines
    assert (line["id"], line["feed"]["title"], len(line["entries"])) == ("f", "Harbour Daily", 2)


def test_a_feed_says_what_it_asks_for_and_which_element_gave_each_field(cli, tmp_path):
    hours, days = "<hour>3</hour>", "<day>Sunday</day>"
    asks = f"<ttl>90</ttl><skipHours>{hours}</skipHours><skipDays>{days}</skipDays>"
    (tmp_path / "asks.xml").write_text(FEED.replace("<language>", asks + "<language>", 1))
    read = cli("parse", "asks.xml", "--json").json
    assert read["reader"] == "strict-1"
    assert read["feed"]["wishes"] == {
        "ttl": 90, "period": None, "base": None, "skip_hours": [3], "skip_days": ["Sunday"],
    }  # fmt: skip
    given = read["entries"][0]["from"]
    assert (given["id"], given["published"]) == (["guid"], ["pubdate"])
    assert given["authors"] == ["author"]
    assert "every 90 min, not at 3 h GMT, not on Sunday" in cli("parse", "asks.xml").out


def test_a_recipe_is_tried_on_a_page_before_it_stands_in_the_config(cli, folder):
    (folder / "try.yaml").write_text(
        "recipes:\n  harbour.example:\n    body: article p:nth-of-type(n+2)\n    byline: .byline\n"
    )
    args = ["extract", "page.html", "--url", "https://harbour.example/1"]
    shape = cli(*args, "--recipe", "try.yaml", "--json").json
    assert shape["method"] == "recipe"
    assert shape["body"].split("\n\n") == SENTENCES
    (folder / "try.yaml").write_text("recipes: {harbour.example: {body: '#gone'}}\n")
    missed = cli(*args, "--recipe", "try.yaml")
    assert missed.err.startswith("notice: recipe: body matches nothing (#gone)")
    assert all(sentence in missed.out for sentence in SENTENCES)


def test_a_recipe_alone_is_for_the_host_of_the_page(cli, folder):
    (folder / "try.yaml").write_text("# a try\nbody: article p:nth-of-type(n+2)\n")
    args = ["extract", "page.html", "--recipe", "try.yaml"]
    shape = cli(*args, "--url", "https://www.harbour.example/1", "--json").json
    assert (shape["method"], shape["body"].split("\n\n")) == ("recipe", SENTENCES)
    nowhere = cli(*args)
    assert (nowhere.status, "--url" in nowhere.err) == (2, True)
    (folder / "try.yaml").write_text("# a try\nbody: 'p['\n")
    broken = cli(*args, "--url", "https://harbour.example/1")
    assert (broken.status, "try.yaml:2:7" in broken.err) == (78, True)
    missing = cli("extract", "page.html", "--recipe", "none.yaml")
    assert (missing.status, "watcher init" in missing.err) == (1, False)


def test_a_file_without_recipes_is_refused(cli, folder):
    (folder / "try.yaml").write_text("topics: {}\n")
    result = cli("extract", "page.html", "--recipe", "try.yaml")
    assert (result.status, "WTC-USE-010" in result.err) == (2, True)
    (folder / "try.yaml").write_text("recipes: {harbour.example: {body: 'p['}}\n")
    assert cli("extract", "page.html", "--recipe", "try.yaml").status == 78


def test_of_an_index_of_sitemaps_the_parts_are_told(cli, folder):
    (folder / "index.xml").write_text(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://h.example/a.xml</loc><lastmod>2026-03-10T08:00Z</lastmod></sitemap>"
        "<sitemap><loc>https://h.example/b.xml</loc></sitemap></sitemapindex>"
    )
    shape = cli("parse", "index.xml", "--json").json
    assert (shape["feed"]["kind"], shape["entries"]) == ("sitemap-index", [])
    assert shape["parts"] == [
        {"url": "https://h.example/a.xml", "modified": "2026-03-10T08:00:00Z"},
        {"url": "https://h.example/b.xml", "modified": None},
    ]
    assert "part  no date  https://h.example/b.xml" in cli("parse", "index.xml").out
