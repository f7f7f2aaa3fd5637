import random
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.topics.ast import And, Not, Or, Term, terms
from watcher.topics.parse import parse_query
from watcher.topics.warn import hints

ALIASES = {
    "mek": ["=MEK", "Mujahedin-e Khalq", "PMOI", "مجاهدین خلق"],
    "place": ["Albania", '"Durrës county"', "tiran*"],
    "all": ["@mek", "@place"],
    "one": ["Ashraf"],
    "a": ["@b"],
    "b": ["@a"],
    "none": [],
    "lost": ["@mekk"],
    "stars": ["*"],
    "ops": ["Albania OR Tirana"],
    "quoted-ops": ['"this OR that"'],
}


TOPICS = {
    "raids": "raid OR raided",
    "both": "topic:raids camp",
    "one": "topic:other",
    "other": "x OR topic:one",
    "broken": "(a OR b",
}


def read(text):
    return parse_query(text, ALIASES, TOPICS)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("MEK", "mek"),
        ("a b", "a AND b"),
        ("a AND b", "a AND b"),
        ("a OR b c", "a OR (b AND c)"),
        ("(a OR b) c", "(a OR b) AND c"),
        ("a -b", "a AND NOT b"),
        ("a NOT b OR c", "(a AND NOT b) OR c"),
        ("a AND NOT (b OR c)", "a AND NOT (b OR c)"),
        ("a -(b -c)", "a AND NOT (b AND NOT c)"),
        ("a NOT NOT b", "a AND b"),
        ("a --b", "a AND b"),
        ("((a))", "a"),
        ("a (b (c d))", "a AND b AND c AND d"),
        ('"Balkan  Insight"', '"balkan insight"'),
        ("“Balkan Insight” „a b“ «c d»", '"balkan insight" AND "a b" AND "c d"'),
        ('Durrës-based"x y"z', '"durres based" AND "x y" AND z'),
        ("Albania's", '"albania s"'),
        ("=MEK", '="MEK"'),
        ('="C++"', '="C++"'),
        ('="Durre\u0308s  camp"', '="Durrës camp"'),
        ("camp*", "camp*"),
        ("co-operat*", "co-operat*"),
        ("알*", "알*"),
        ("東京*", '"東 京"'),
        ("title:raid", "title:raid"),
        ("Title: raid", "title:raid"),
        ('title:"police raid"', 'title:"police raid"'),
        ("title:(raid OR camp) MEK", "(title:raid OR title:camp) AND mek"),
        ("title:(raid -title:old)", "title:raid AND NOT title:old"),
        ("title:@one", "title:ashraf"),
        ("-title:old raid", "NOT title:old AND raid"),
        ("http://example.org/x", '"http example org x"'),
        ("12:30", '"12 30"'),
        ("@one raid", "ashraf AND raid"),
        ("@mek", '="MEK" OR "mujahedin e khalq" OR pmoi OR "مجاهدین خلق"'),
        ("@place x", '(albania OR "durres county" OR tiran*) AND x'),
        (
            "@all",
            '="MEK" OR "mujahedin e khalq" OR pmoi OR "مجاهدین خلق" OR albania'
            ' OR "durres county" OR tiran*',
        ),
        ("@quoted-ops", '"this or that"'),
        ('"@mek"', "mek"),
        ("[MEK], camp.", "mek AND camp"),
        ("a NEAR/5 b", "a NEAR/5 b"),
        ("a NEAR b ONEAR/0 c", "a NEAR/4 b ONEAR/0 c"),
        ("(a OR b) NEAR/2 @one", "(a OR b) NEAR/2 ashraf"),
        ("NOT a NEAR b c", "NOT (a NEAR/4 b) AND c"),
        ("title:(a NEAR/3 b)", "title:a NEAR/3 title:b"),
        ("camp{3} x", "camp{3} AND x"),
        ('"a b"{2} (a OR c){4} @one{2}', '"a b"{2} AND (a OR c){4} AND ashraf{2}'),
        ("camp{1}", "camp"),
        ("MEK{x}", '"mek x"'),
        ('"a b"~3', '"a b"~3'),
        ('"a"~3', "a"),
        ("~Camps", '~"camps"'),
        ('~"Police Camps"', '~"police camps"'),
        ("lead:(a OR body:b)", "lead:a OR body:b"),
        ("author:Sinoruka credit:birn", "author:sinoruka AND credit:birn"),
        ("url:mek-camp tag:balkans caption:x", 'url:"mek camp" AND tag:balkans AND caption:x'),
        ("site:https://www.BBC.co.uk/news", 'site:"bbc.co.uk"'),
        ("lang:EN_gb", 'lang:"en-GB"'),
        ('feed:"The Daily"', 'feed:"The Daily"'),
        ("lang:(sq OR mk) x", '(lang:"sq" OR lang:"mk") AND x'),
        ("after:2026-03-10 x", "after:2026-03-10T00:00:00Z AND x"),
        ("before:2026-03-10T07:30+01:00", "before:2026-03-10T06:30:00Z"),
        ("topic:raids x", "(raid OR raided) AND x"),
        ("title:topic:raids", "title:raid OR title:raided"),
        ("topic:both", "(raid OR raided) AND camp"),
    ],
)
def test_a_query_means_its_canonical_print(text, meaning):
    assert read(text).meaning == meaning


def test_operators_bind_not_closer_than_and_closer_than_or():
    a, b, c, d = (Term((name,)) for name in "abcd")
    assert read("a NOT b OR c d").root == Or((And((a, Not(b))), And((c, d))))


def test_terms_remember_where_and_how_they_were_written():
    text = "@mek AND (title:Durrës OR ='x')"
    found = list(terms(read(text).root))
    assert [(t.written, t.via, t.member) for t in found] == [
        *(("@mek", "@mek", member) for member in ALIASES["mek"]),
        ("title:Durrës", None, None),
        ("='x'", None, None),
    ]
    assert text[found[0].start : found[0].start + found[0].length] == "@mek"
    assert text[found[-1].start : found[-1].start + found[-1].length] == "='x'"


@pytest.mark.parametrize(
    ("text", "number", "place", "suggestion"),
    [
        ("", 1, "", None),
        ("  ", 1, "  ", None),
        ('a "b c', 2, '"', 'a "b c"'),
        ("a “b c", 2, "“", "a “b c”"),
        ("(MEK OR Albania AND camp", 3, "(", "(MEK OR Albania AND camp)"),
        ("a (", 3, "(", "a ()"),
        ("a) b", 4, ")", None),
        (")", 4, ")", None),
        ("OR a", 5, "OR", None),
        ("a OR", 5, "OR", None),
        ("a AND", 5, "AND", None),
        ("AND a", 5, "AND", None),
        ("(a OR) b", 5, "OR", None),
        ("a NOT", 5, "NOT", None),
        ("a OR AND b", 5, "AND", None),
        ("a ( ) b", 6, "( )", None),
        ("a *foo", 7, "*foo", "foo"),
        ("a fo*o", 7, "fo*o", "fo*"),
        ("a fo*", 7, "fo*", None),
        ("a *", 7, "*", None),
        ("a =foo*", 7, "=foo*", "foo"),
        ("-a", 8, "-a", None),
        ("-a -b", 8, "-a -b", None),
        ("x AND (b OR NOT c)", 8, "NOT c", None),
        ("a OR (-b -c)", 8, "-b -c", None),
        ("a 🔥", 9, "🔥", None),
        ('a "!!"', 9, '"!!"', None),
        ("a - b", 9, "-", None),
        ("a =", 9, "=", None),
        ("@mekk a", 10, "@mekk", "@mek"),
        ("a @", 10, "@", None),
        ("@lost", 10, "@lost", "@mek"),
        ("x @a", 11, "@a", None),
        ("x" * 65, 12, "x" * 65, None),
        ("titel:MEK", 13, "titel:", "title:"),
        ("a && b", 14, "&&", "AND"),
        ("a || b", 14, "||", "OR"),
        ("a NEAR/ b", 18, "NEAR/", "NEAR/4"),
        ("a NEAR/x b", 18, "NEAR/x", "NEAR/4"),
        ("a NEAR/5x b", 18, "NEAR/5x", "NEAR/4"),
        ("a NEAR/1001 b", 12, "NEAR/1001", "AND"),
        ("NEAR/5 a", 5, "NEAR/5", None),
        ("a NEAR", 5, "NEAR", None),
        ("a NEAR NOT b", 18, "NOT", None),
        ("a NEAR -b", 18, "-", None),
        ("a NEAR (b c)", 18, "(b c)", None),
        ("(a NEAR b) NEAR c", 18, "(a NEAR b)", None),
        ("a NEAR site:x.example", 18, "site:x.example", None),
        ("a {3}", 21, "{3}", None),
        ("({3} a)", 21, "{3}", None),
        ("(a b){3}", 21, "{3}", None),
        ("a{0}", 21, "{0}", None),
        ("a{1001}", 21, "{1001}", None),
        ("intitle:x", 13, "intitle:", "title:"),
        ("lang:", 15, "lang:", None),
        ("site:title:x", 15, "site:", None),
        ("a lang:??", 20, "??", None),
        ("a after:soon", 20, "soon", None),
        ("a before:2026-13-01", 20, "2026-13-01", None),
        ("site:@mek", 20, "@mek", None),
        ('site:"a b"', 20, '"a b"', None),
        ("site:=x.example", 20, "=x.example", None),
        ("feed:!!", 20, "!!", None),
        ("topic:raid", 22, "raid", "raids"),
        ("topic:(a)", 22, "(", None),
        ("x topic:one", 23, "one", None),
        ("topic:broken", 3, "broken", None),
        ("a ~camp*", 7, "~camp*", "camp"),
        ("a title:", 15, "title:", None),
        ("title: OR a", 15, "title:", None),
        ("@none", 16, "@none", None),
        ("@ops", 16, "@ops", None),
        ("@stars", 7, "@stars", None),
        ("a \udcff", 17, "\udcff", None),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_better_form(text, number, place, suggestion):
    with pytest.raises(QueryError) as caught:
        read(text)
    error = caught.value
    assert error.code == f"WTC-QRY-{number:03}"
    assert error.message
    assert error.hint
    assert error.suggestion == suggestion
    assert text[error.place.offset :][: error.place.length] == place


def test_messages_read_as_a_person_would_put_them():
    with pytest.raises(QueryError, match='unknown field "titel:" - did you mean "title:"') as one:
        read("titel:MEK")
    assert one.value.exit_status == 2
    with pytest.raises(QueryError, match='missing "\\)"') as two:
        read("(MEK OR Albania")
    assert two.value.hint == "opened here, never closed"
    with pytest.raises(QueryError, match="@a → @b → @a"):
        read("@a")


def test_limits_of_size_terms_and_depth_are_exact():
    read("é" * 64 + " a" * 999)
    with pytest.raises(QueryError, match="1,000 terms"):
        read(" ".join(["a"] * 1001))
    with pytest.raises(QueryError, match="1,000 terms"):
        parse_query("@big", {"big": [f"w{i}" for i in range(1001)]})
    bomb = {f"n{i}": [f"@n{i + 1}"] * 10 for i in range(20)} | {"n20": ["x"]}
    with pytest.raises(QueryError, match="1,000 terms"):
        parse_query("@n0", bomb)
    chain = {f"n{i}": [f"@n{i + 1}"] for i in range(5_000)}
    with pytest.raises(QueryError, match="50 aliases"):
        parse_query("@n0", chain)
    read('"' + "aé " * 2047 + 'ab"')
    with pytest.raises(QueryError, match="8,193 bytes"):
        read('"' + "aé " * 2047 + 'abc"')
    read("(" * 50 + "a" + ")" * 50)
    with pytest.raises(QueryError, match="50 levels"):
        read("(" * 51 + "a" + ")" * 51)


@pytest.mark.parametrize(
    ("text", "numbers", "suggestion"),
    [
        ("a or b", [101], "OR"),
        ("a and b", [101], "AND"),
        ('a "or" b', [], None),
        ("a b OR c", [102], "(a AND b) OR c"),
        ("c OR a NOT b", [102], "c OR (a AND NOT b)"),
        ("(a b) OR c", [], None),
        ("title:(a b) OR c", [], None),
        ("(a OR b) c", [], None),
        ('"alban*"', [103], None),
        ("a near b", [101], "NEAR"),
        ("МEК", [104], "mek"),
        ("mеk", [104], "mek"),
        ("МЕК", [], None),
    ],
)
def test_what_was_perhaps_meant_otherwise_is_warned_of(text, numbers, suggestion):
    warnings = read(text).warnings
    assert [w.code for w in warnings] == [f"WTC-QRY-{n}" for n in numbers]
    assert all(text[w.offset :][: w.length] and w.hint for w in warnings)
    assert [w.suggestion for w in warnings] in ([], [suggestion])


WORDS = ["Durrës", "mek", "co-op", "東京", "می‌گوید", "U.S.", "กำ", "C++", "ﷺ" * 9, "O'Brien's"]


def terms_of(word):
    quoted = st.sampled_from([f'"{word}"', f"“{word} x”", f'="{word}"', f"={word}"])
    return st.one_of(st.just(word), quoted, st.just(f"{word}abc*"), st.just(f"title:{word}"))


QUERIES = st.recursive(
    st.sampled_from(WORDS).flatmap(terms_of),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" AND ".join),
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(" OR ".join),
        st.tuples(inner, inner).map(" -".join),
        inner.map("({})".format),
        inner.map("NOT ({})".format),
        inner.map("title:({})".format),
    ),
    max_leaves=8,
)


@given(QUERIES)
def test_reading_the_canonical_print_gives_the_same_query(text):
    try:
        query = read(text)
    except QueryError:
        return
    again = read(query.meaning)
    assert again.root == query.root
    assert again.meaning == query.meaning


@given(st.lists(st.sampled_from([*' ()"“”-=@*:~/', "AND", "OR", " NOT ", "title:", "a", "mek"])))
def test_no_text_breaks_the_parser_and_every_mistake_has_a_place_in_it(parts):
    text = "".join(parts)
    place, query = outcome(text)
    if query is None:
        assert 0 <= place.offset <= place.offset + place.length <= len(text)
    else:
        assert read(query.meaning).root == query.root


def outcome(text):
    """(place of the mistake, query), one of them None."""
    try:
        return None, read(text)
    except QueryError as error:
        return error.place, None


@pytest.mark.parametrize(
    ("pattern", "place", "says"),
    [
        ("a /x(/", "/x(/", "cannot be used"),
        ("a /x*/", "/x*/", "empty text"),
        (r"a /(?=x)y/", r"/(?=x)y/", "cannot be used"),
        (f"a /{'x' * 257}/", f"/{'x' * 257}/", "257 characters"),
        ("/MEK/", "/MEK/", "nothing but a regular expression"),
        ("a OR /MEK/", "/MEK/", "nothing but a regular expression"),
    ],
)
def test_a_pattern_is_held_to_what_can_be_searched(pattern, place, says):
    pytest.importorskip("re2")
    with pytest.raises(QueryError, match=says) as caught:
        read(pattern)
    spot = caught.value.place
    assert pattern[spot.offset :][: spot.length] == place


def test_a_pattern_is_kept_as_written_and_may_hold_blanks_and_slashes():
    pytest.importorskip("re2")
    query = read(r"camp AND title:/a b\/[cC]/")
    assert query.meaning == r"camp AND title:/a b\/[cC]/"
    assert read(query.meaning).root == query.root
    assert read("mek (/a/ OR /b/)").meaning == "mek AND (/a/ OR /b/)"


def test_a_day_begins_in_the_zone_that_is_asked_for():
    zone = timezone(timedelta(hours=2))
    query = parse_query("after:2026-03-10 x", {}, zone=zone)
    assert query.meaning == "after:2026-03-09T22:00:00Z AND x"


def test_a_topic_inside_a_query_brings_its_meaning_and_stands_where_it_was_named():
    text = "x OR topic:raids"
    root = read(text).root
    assert [text[t.start : t.start + t.length] for t in terms(root)] == ["x", "raids", "raids"]
    with pytest.raises(QueryError, match="one → other → one"):
        read("topic:one")
    chain = {f"n{i}": f"topic:n{i + 1}" for i in range(40)}
    with pytest.raises(QueryError, match="20 topics"):
        parse_query("topic:n0", {}, chain)
    bomb = {f"n{i}": " ".join([f"topic:n{i + 1}"] * 10) for i in range(10)} | {"n10": "x"}
    with pytest.raises(QueryError, match="1,000 terms"):
        parse_query("topic:n0", {}, bomb)


@pytest.mark.parametrize(
    ("query", "codes", "suggestions"),
    [
        ("МЕК", [105], ["mek"]),
        ("МЕК OR mek", [], []),
        ("мой", [], []),
        ("알바니아", [106], ["알바니아*"]),
        ("알바니아*", [], []),
        ("camp", [], []),
    ],
)
def test_hints_name_what_is_easily_missed(query, codes, suggestions):
    found = list(hints(read(query).root))
    assert [one.code for one in found] == [f"WTC-QRY-{number}" for number in codes]
    assert [one.suggestion for one in found] == suggestions


PIECES = [
    *(" ", '"', "“", "(", ")", "-", "=", "~", "@mek", "*", "/", "{2}", "NEAR/3", "ONEAR", "AND"),
    *("OR", "NOT", "title:", "site:", "lang:", "after:", "topic:raids", "mek", "東京", "camp*"),
    *("2026-01-01", "\\", "🔥", "\u200f", "é", ":", "a.b", "\x00", "~3", "[x]", "sq", "http://a"),
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_million_queries_of_scraps_break_nothing(seed):
    """50,000 for each of 20 seeds: read, or refused with a place that is in the text."""
    chance = random.Random(seed)
    for _ in range(50_000):
        glue = chance.choice(["", " "])
        text = glue.join(chance.choices(PIECES, k=chance.randint(1, 12)))
        place, query = outcome(text)
        if query is None:
            assert 0 <= place.offset <= place.offset + place.length <= len(text), text
        else:
            assert read(query.meaning).root == query.root, text
