"""`search`: the topic language over the archive, its filters, pages, statuses and errors."""

from __future__ import annotations

import pytest
from tests.cli import archive
from tests.cli.archive import CAMP, COPY, FARSI, HOSTILE, SHQIP
from tests.store.builders import NOON

from watcher.model.when import HOUR, rfc3339

FIELDS = {"article", "id", "url", "title", "outlet", "published", "spans", "snippet"}


@pytest.fixture
def search(cli, db):
    def run(*args: str):
        return cli("search", *args, "--db", db)

    return run


@pytest.fixture
def found(search):
    """The ids that a search finds, in order."""

    def run(*args: str) -> list[str]:
        result = search(*args, "--json")
        assert (result.status, result.err) == (0, "")
        return [item["article"] for item in result.json["items"]]

    return run


def test_a_hit_says_what_was_found_and_where(search):
    shape = search('"at dawn" AND title:raid', "--json").json
    assert set(shape) == {"schema_version", "items", "count", "next"}
    assert (shape["schema_version"], shape["count"], shape["next"]) == (1, 2, None)
    item = shape["items"][1]
    assert set(item) == FIELDS
    assert (item["article"], item["id"], item["url"]) == (CAMP.article, "nr 41", CAMP.url)
    assert (item["title"], item["outlet"]) == ("Police raid the camp", "The Daily")
    assert item["published"] == CAMP.text.published.text
    assert item["spans"] == [
        {"field": "title", "start": 7, "end": 11, "clause": "title:raid"},
        {"field": "body", "start": 23, "end": 30, "clause": '"at dawn"'},
    ]
    assert "Police raided the camp at dawn." in item["snippet"]


def test_ndjson_is_an_item_a_line_each_with_its_schema_version(search):
    lines = search("raided", "--ndjson").lines
    assert [line["article"] for line in lines] == [COPY.article, CAMP.article]
    assert [set(line) for line in lines] == [FIELDS | {"schema_version"}] * 2


def test_in_words_a_hit_is_four_lines_with_the_id_to_go_on_with(search):
    result = search("raided")
    first = result.out.split("\n\n")[1].splitlines()
    assert first[0] == f"{CAMP.text.published.text}  The Daily"
    assert first[1] == "  Police raid the camp"
    assert first[2].startswith("  Police raided the camp at dawn.")
    assert first[3] == f"  {CAMP.url}  {CAMP.article}"
    assert result.err == ""


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("camp", [COPY, CAMP]),
        ("raided", [COPY, CAMP]),
        ("raided NOT daily", [CAMP]),
        ("raided -daily", [CAMP]),
        ('"raided the camp"', [COPY, CAMP]),
        ('"camp the raided"', []),
        ("title:raid", [COPY, CAMP]),
        ("title:dawn", []),
        ("kamp* OR اردوگاه", [SHQIP, FARSI]),
        ("durres", [SHQIP]),
        ("مجاهدين", [FARSI]),  # with the Arabic yeh
        ("gate", [CAMP]),  # a caption
        ("=Police", [COPY, CAMP]),
        ("=police", []),
        ("(camp OR kampin) police", [COPY, CAMP]),
        ("nowhere", []),
    ],
)
def test_the_topic_language_finds_what_it_says(found, query, wanted):
    assert found(query) == [one.article for one in wanted]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (["--lang", "sq"], [SHQIP]),
        (["--lang", "FA"], [FARSI]),
        (["--lang", "en-gb"], [HOSTILE]),
        (["--lang", "en"], [HOSTILE, COPY, CAMP]),
        (["--lang", "de"], []),
        (["--feed", archive.DAILY.feed], [CAMP, SHQIP]),
        (["--feed", archive.DAILY.url], [CAMP, SHQIP]),
        (["--feed", archive.BROKEN.feed], []),
        (["--since", CAMP.text.published.text], [HOSTILE, COPY, CAMP]),
        (["--until", CAMP.text.published.text], [SHQIP, FARSI]),
        (
            ["--since", SHQIP.text.published.text, "--until", COPY.text.published.text],
            [CAMP, SHQIP],
        ),
        (["--since", rfc3339(NOON)], [HOSTILE]),  # without a date: when first seen
        (["--since", "999999d"], [HOSTILE, COPY, CAMP, SHQIP, FARSI]),  # an age counts from now
        (["--until", "999999d"], []),
    ],
)
def test_filters_narrow_what_is_found(found, filters, wanted):
    anything = "camp OR raided OR kampin OR اردوگاه OR storm"
    assert found(anything, *filters) == [one.article for one in wanted]


def test_a_story_narrows_to_its_articles(found, cli, db):
    story = cli("show", CAMP.article, "--json", "--db", db).json["story"]
    assert found("raided OR storm", "--story", story) == [COPY.article, CAMP.article]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_next_cursor_goes_on_until_all_is_found(search, found, limit):
    whole = found("raided OR storm OR kampin", "--limit", "0")
    assert len(whole) == 4
    pages, after = [], []
    while True:
        shape = search("raided OR storm OR kampin", "--json", "--limit", str(limit), *after).json
        pages += [item["article"] for item in shape["items"]]
        assert shape["count"] == len(shape["items"]) <= limit
        if shape["next"] is None:
            break
        after = ["--after", shape["next"]]
    assert pages == whole


def test_in_words_the_cursor_is_named_on_standard_error(search):
    result = search("raided", "--limit", "1")
    said, _, cursor = result.err.strip().rpartition(" ")
    assert said == "more: --after"
    assert CAMP.article in search("raided", "--after", cursor).out


def test_nothing_found_is_no_failure_unless_asked(search):
    assert (search("nowhere").status, search("nowhere").err) == (0, "nothing found\n")
    assert search("nowhere", "--exit-code").status == 4
    assert search("nowhere", "--exit-code", "--json").json["items"] == []
    assert search("nowhere", "--exit-code", "--ndjson").out == ""
    assert search("raided", "--exit-code").status == 0


# errors


def test_a_query_error_shows_the_place_and_a_hint(search):
    result = search('camp AND "Ashraf 3')
    assert (result.status, result.out) == (2, "")
    assert result.err == (
        "error[WTC-QRY-002]: unclosed quote\n"
        '  camp AND "Ashraf 3\n'
        "           ^\n"
        'did you mean: camp AND "Ashraf 3"\n'
        '\nhint: opened here, never closed: put " after the last word of the phrase\n'
    )


def test_a_query_error_under_json_is_one_line_with_the_place(search):
    result = search("اردوگاه OR titel:x", "--ndjson")
    assert (result.status, result.out) == (2, "")
    error = result.error
    assert (error["code"], error["offset"], error["length"]) == ("WTC-QRY-013", 11, 6)
    assert (error["suggestion"], error["file"], error["line"]) == ("title:", None, None)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["a OR"], "WTC-QRY-005"),
        (["NOT a"], "WTC-QRY-008"),
        (["@unknown"], "WTC-QRY-010"),
        ([""], "WTC-QRY-001"),
        (["\udcff"], "WTC-QRY-017"),
        ([], "WTC-USE-001"),
        (["a", "b"], "WTC-USE-001"),
        (["a", "--limit", "-1"], "WTC-USE-001"),
        (["a", "--since", "yesterday"], "WTC-USE-002"),
        (["a", "--since", "²d"], "WTC-USE-002"),
        (["a", "--until", "2026-13-01"], "WTC-USE-002"),
        (["a", "--after", "x"], "WTC-USE-004"),
        (["a", "--after", "k²"], "WTC-USE-004"),
        (["a", "--feed", "nothing"], "WTC-USE-404"),
        (["a", "--story", "s_nothing"], "WTC-USE-404"),
        (["a", "--story", "\udcff"], "WTC-USE-404"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_a_hint(search, args, code):
    result = search(*args)
    assert (result.status, result.code, result.out) == (2, code, "")
    assert "\n\nhint: " in result.err
    under_json = search(*args, "--json")
    assert (under_json.status, under_json.error["code"]) == (2, code)


@pytest.mark.parametrize("cursor", ["k0", "k" + "9" * 19])
def test_a_cursor_beyond_every_key_is_a_place_like_any_other(search, cursor):
    assert search("raided", "--after", cursor).status == 0


def test_a_doubtful_query_is_searched_with_a_warning(search):
    result = search("raided and dawn OR gate")
    assert result.status == 0
    assert 'warning[WTC-QRY-101]: "and" is searched as a word\n  raided and dawn' in result.err
    assert "hint: operators are upper case: write AND" in result.err
    lines = search("raided and dawn", "--json").err.splitlines()
    assert len(lines) == 1
    assert '"warning": {"code": "WTC-QRY-101"' in lines[0]


def test_aliases_come_from_the_config(cli, db, tmp_path):
    (tmp_path / "config.yaml").write_text("aliases: {raid: [raided, kampin]}\n")
    result = cli("search", "@raid", "--db", db, "--json")
    assert [item["article"] for item in result.json["items"]] == [
        COPY.article,
        CAMP.article,
        SHQIP.article,
    ]
    assert result.json["items"][2]["spans"][0]["clause"] == "@raid"


def test_a_broken_config_is_said_where_the_search_needs_a_name_of_it(cli, db, tmp_path):
    (tmp_path / "config.yaml").write_text("topics: {a: 'b OR'}\n")
    assert cli("search", "camp", "--db", db).status == 0
    result = cli("search", "@x", "--db", db)
    assert (result.status, result.code) == (78, "WTC-QRY-005")
    assert "config.yaml:1:13: topic 'a': OR has no term after it\n  b OR\n    ^^\n" in result.err


def test_ranked_the_best_come_first_and_there_is_no_cursor(search, found):
    assert found("camp OR raid*") == [COPY.article, CAMP.article]
    assert found("title:camp OR raid*", "--rank") == [CAMP.article, COPY.article]
    cut = search("police OR raid*", "--rank", "--limit", "1", "--json")
    assert (cut.json["count"], cut.json["next"]) == (1, None)
    assert search("camp", "--rank", "--after", "k1").status == 2
    assert "newest first" in search("lang:sq", "--rank").err


def test_times_in_a_query_are_read_in_the_zone_that_is_named(search, found):
    later = rfc3339(CAMP.text.published.at + HOUR)[:16]
    day = later[:10]
    assert found(f"camp before:{day}") == []
    assert CAMP.article in found(f"raided after:{later}", "--tz", "Asia/Tokyo")
    assert CAMP.article not in found(f"raided after:{later}")
    assert search("camp", "--tz", "Nowhere").status == 2
