"""The words of a mail: in order, marked where they hit, and safe whatever a page brings along."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from tests.support.mails import copied, english, payload, persian
from tests.support.records import NOON, captions, day, exact

from watcher.alerts.render import WIDTH, mail
from watcher.alerts.wording import one_line
from watcher.model.article import Credit, Link
from watcher.model.when import DAY, HOUR, MINUTE

LINK = "https://kronika.example/story"


def words(made=None, **rest):
    return mail(payload(made, **rest))


def changed(**facts):
    """The payload with parts replaced: dotted keys lead into the first item."""
    shape = json.loads(json.dumps(payload()))
    for path, value in facts.items():
        *way, last = path.split(".")
        holder = shape["data"]["items"][0]
        for part in way:
            holder = holder[part]
        holder[last] = value
    return shape


# -- the text ------------------------------------------------------------------------------------

WHOLE = """\
Police close the northern quay of Durrës
Kronika e Bregut · Mira Dhima · Arben Kola
Published Tue 10 Mar 2026, 12:13 UTC+01:00, seen 47 min later

  Officers of the *port police* closed the northern *quay* of *Durrës* at six
  in the morning and asked crews to show their papers.

  The *quay* had been rented by a company that nobody in the harbour had heard
  of before last spring.

  The *port police* expect to open the *quay* again on Thursday, once 3.5
  tonnes of paper have been read.

Why: topic harbour-police, because @harbour (Durrës) AND police
Credits The Tirana Desk: “By Mira Dhima – Tirana Desk”
Story: a copy of The Tirana Desk; also at Hafenpost
  https://tirana.example/story

https://kronika.example/story

Related on the page:
- Who rents the quay?
  https://kronika.example/quay
- Ferries wait outside
  https://kronika.example/ferry

-- \n\
Topic harbour-police, query version 3:
@harbour AND (police OR پلیس OR "port police")
You get this because this address is in the topic's channel.
To stop, reply with “unsubscribe” to whoever runs watcher on newsdesk.
Alert ALERT, story s_1, article a_kronika
"""


def test_a_whole_mail_reads_from_the_headline_to_the_footer():
    shape = payload(**copied())
    expected = WHOLE.replace("ALERT", shape["data"]["_watcher"]["alert"])
    assert mail(shape).text == expected


def test_a_mail_says_nothing_of_what_is_not_there():
    bare = english(byline=(), published=None, captions=(), credit=None, links=())
    text = words(bare).text
    head, _, rest = text.partition("\n\n")
    assert head.splitlines() == [
        "Police close the northern quay of Durrës",
        "Kronika e Bregut",
        "No date on the page; first seen Tue 10 Mar 2026, 12:00 UTC",
    ]
    for word in ("Credits", "Story", "Related", "None", "Changed"):
        assert word not in rest
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("published", "told"),
    [
        (exact(NOON, "2026-03-10T12:00:00Z"), "12:00 UTC, seen 0 min later"),
        (exact(NOON - 119 * MINUTE, "2026-03-10T10:01:00Z"), "10:01 UTC, seen 119 min later"),
        (exact(NOON - 2 * HOUR, "2026-03-10T15:30:00+05:30"), "15:30 UTC+05:30, seen 2 h later"),
        (exact(NOON - 47 * HOUR, "2026-03-08T13:00:00Z"), "Sun 8 Mar 2026, 13:00 UTC, seen 47 h"),
        (exact(NOON - 9 * DAY, "2026-03-01T05:00:00-07:00"), "Sun 1 Mar 2026, 05:00 UTC-07:00"),
        (exact(NOON - 9 * DAY, "2026-03-01T12:00:00Z"), "seen 9 days later"),
        (
            exact(NOON + HOUR, "2026-03-10T13:00:00Z"),
            "13:00 UTC; already first seen Tue 10 Mar 2026, 12:00 UTC",
        ),
        (day(NOON - 12 * HOUR), "Published Tue 10 Mar 2026; first seen Tue 10 Mar 2026, 12:00 UTC"),
        (None, "No date on the page; first seen Tue 10 Mar 2026, 12:00 UTC"),
    ],
)
def test_the_date_is_the_publishers_with_its_zone_and_how_much_later_it_was_seen(published, told):
    made = words(english(published=published))
    assert told in " ".join(made.text.split())
    assert told in lxml_html.fromstring(made.html).text_content()


def test_long_lines_are_folded_at_blanks_and_addresses_are_not():
    far = "https://kronika.example/" + "a-long-way/" * 20
    made = english(
        title="Quay " * 30,
        body="Police see " + far + " at the quay of Durrës. " + "Words and words " * 9,
        links=(Link(far, "Far " * 40, "related"),),
    )
    text = words(made, query="police OR " + " OR ".join(f"word{n}" for n in range(40))).text
    long = [line for line in text.splitlines() if len(line) > WIDTH]
    assert set(long) == {f"  {far}"}  # in the sentence and below the link's name
    assert all(line == line.rstrip() or line == "-- " for line in text.splitlines())


def test_the_signature_mark_is_whole_so_that_programs_fold_the_footer_away():
    assert "\n-- \nTopic harbour-police, query version 3:\n" in words().text


def test_the_headline_is_not_told_twice():
    both = words(query="quay").text
    assert both.count("northern *quay*") == 1
    only = words(english(body="Nothing here.", captions=()), query="quay").text
    assert "  Title: Police close the northern *quay* of Durrës\n" in only


def test_hits_outside_the_body_say_where_they_are():
    made = english(body="Nothing.", captions=captions("Boats", "Police at the gate"))
    text = words(made, query="police OR papers").text
    assert "  Standfirst: Crews were asked for their *papers*; nobody was arrested.\n" in text
    assert "  Caption: *Police* at the gate\n" in text


def test_a_revision_says_that_it_is_one():
    made = words(revision=2)
    assert made.subject.startswith("[harbour-police] Changed: Police close")
    assert "\nChanged: the topic became true in this revision.\n" in made.text
    assert "Changed: the topic became true in this revision." in made.html
    assert "Changed" not in words().html + words().text


KINDS = {
    "same": "a copy of The Tirana Desk",
    "excerpt": "an excerpt from The Tirana Desk",
    "extends": "a longer version of The Tirana Desk",
    "translation": "a translation of The Tirana Desk",
    "something new": "a copy of The Tirana Desk",
}


def test_the_story_line_says_what_kind_of_copy_it_is():
    for kind, told in KINDS.items():
        shape = payload(**copied())
        shape["data"]["items"][0]["_watcher"]["story"]["kind"] = kind
        assert f"\nStory: {told}; also at Hafenpost\n  https://tirana.example/" in mail(shape).text


def test_a_story_without_an_original_names_where_else_it_is_each_outlet_once():
    shape = payload(**copied())
    story = shape["data"]["items"][0]["_watcher"]["story"]
    del story["original"]
    story["also"] = [{"outlet": name, "url": LINK} for name in ("B", "A", "B")]
    made = mail(shape)
    assert "\nStory: also at B, A\n\nhttps://kronika.example/story\n" in made.text
    assert "Story: also at B, A" in lxml_html.fromstring(made.html).text_content()


def test_at_most_five_related_links_are_told():
    links = tuple(Link(f"https://a.example/{n}", f"Link {n}", "related") for n in range(9))
    made = words(english(links=links))
    assert re.findall(r"Link \d", made.text) == [f"Link {n}" for n in range(5)]
    assert re.findall(r"Link \d", made.html) == [f"Link {n}" for n in range(5)]


def test_whom_a_page_credits_by_the_best_name_that_is_known():
    rows = [
        (Credit("Desk", "By Desk", known="The Desk", agency="AFP"), "The Desk"),
        (Credit("Desk", "By Desk", agency="AFP"), "Desk"),
        (Credit(None, "AFP", agency="AFP"), "AFP"),
        (Credit(None, "From elsewhere"), "another outlet"),
    ]
    for credit, name in rows:
        made = words(english(credit=credit))
        assert f"\nCredits {name}: “{credit.text}”\n" in made.text
        assert f"Credits {name}: “{credit.text}”" in lxml_html.fromstring(made.html).text_content()


def test_names_that_are_empty_leave_no_gap():
    shape = changed(**{"_watcher.outlet": {"name": "", "domain": "x"}, "title": ""})
    shape["data"]["items"][0]["authors"] = [{"name": ""}, {"name": "Mira Dhima"}]
    made = mail(shape)
    assert made.subject == "[harbour-police] (no title)"
    assert made.text.startswith("(no title)\nMira Dhima\n")


# -- subject and headers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("  a\r\n b\tc\x00d ", "a b c d"),
        ("a\u2028b\u2029c\x85d\x9be", "a b c d e"),
        ("a\u202eb\u2066c\u2069d\u200fe\ufefff", "a b c d e f"),
        ("می\u200cخواهد", "می\u200cخواهد"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("half \ud83d", "half \ufffd"),
        ("", ""),
        ("\r\n\0", ""),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("x" * 198 + " yy", "x" * 198 + "…"),
    ],
)
def test_one_line_of_any_text(text, line):
    assert one_line(text) == line


@given(st.text(st.characters(exclude_categories=())), st.integers(1, 300))
def test_one_line_is_one_line_whatever_comes(text, most):
    line = one_line(text, most)
    assert len(line) <= most
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert one_line(line, most) == line
    line.encode("utf-8")
    assert not set(line) & set("\0\r\n\x1b\x9b\u202a\u202e\u2066\u2069")


def test_a_long_headline_leaves_room_for_the_outlet():
    made = words(english(title="Quay " * 100))
    assert len(made.subject) <= 200
    assert made.subject.endswith("… — Kronika e Bregut")


@pytest.mark.parametrize(
    ("topic", "instance", "ident"),
    [
        ("harbour-police", "newsdesk", "<harbour-police.newsdesk>"),
        ("Harbour_Police.2", "Desk-1.example", "<harbour-police-2.desk-1.example>"),
        ("___", "دفتر", "<topic."),
    ],
)
def test_a_list_id_for_each_topic_and_instance(topic, instance, ident):
    made = words(topic=topic, instance=instance)
    assert made.headers["List-Id"].startswith(ident)
    assert re.fullmatch(r"<[a-z0-9.-]+>", made.headers["List-Id"])
    assert made.headers["Auto-Submitted"] == "auto-generated"
    assert made.headers["X-Watcher-Topic"] == topic


# -- the HTML ------------------------------------------------------------------------------------


def tree(made):
    return lxml_html.fromstring(made.html)


@pytest.mark.parametrize("made", [english(), persian()])
def test_marks_stand_where_the_words_hit(made):
    page = tree(words(made, **copied(made)))
    quotes = page.xpath("//blockquote")
    hits = payload(made)["data"]["items"][0]["_watcher"]["match"]["hits"]
    told = [hit for hit in hits if hit["field"] != "title"]
    assert [quote.text_content() for quote in quotes] == [hit["text"] for hit in told]
    marked = [[mark.text for mark in quote.xpath(".//mark")] for quote in quotes]
    assert marked == [[hit["text"][a:b] for a, b in hit["marks"]] for hit in told]
    assert marked[0]


def test_what_the_page_wrote_finds_its_own_direction_and_language():
    page = tree(words(persian(), **copied(persian())))
    for part in [*page.xpath("//h1"), *page.xpath("//blockquote")]:
        assert (part.get("dir"), part.get("lang")) == ("auto", "fa")
    for text in ("نگاه نو", "چه کسی"):
        (holder,) = page.xpath(f"//p[contains(., '{text}')]")
        assert holder.get("dir") == "auto"
    assert tree(words(english(language=None))).xpath("//h1/@lang") == []


def test_the_same_is_told_in_both_parts():
    made = words(**copied())
    shown = " ".join(tree(made).text_content().split())
    for line in made.text.replace("*", "").split("\n\n"):
        for piece in line.split("\n")[:1]:
            assert (
                piece.strip("- ")[:60] in shown or "://" in piece or piece.startswith(("Why", "--"))
            )
    hrefs = tree(made).xpath("//a/@href")
    assert hrefs == [
        LINK,
        "https://tirana.example/story",
        "https://kronika.example/quay",
        "https://kronika.example/ferry",
    ]


def test_nothing_is_loaded_from_anywhere():
    page = tree(words(**copied()))
    tags = {one.tag for one in page.iter() if isinstance(one.tag, str)}
    assert not tags & {"img", "script", "link", "iframe", "object", "form", "video", "style"}
    assert "url(" not in words().html


MARKUP = (
    "<img src=x onerror=alert(1)><script>1</script>&amp;\"'`{{7*7}}{% raw %}</title></blockquote>"
)
TAGS = {"html", "head", "meta", "title", "body", "div", "h1", "a", "p", "strong", "blockquote"}
TAGS |= {"mark", "code", "bdi", "hr", "br"}


def everywhere(text):
    """A payload with `text` in every place that a page, feed or query fills."""
    made = english(
        title=text,
        standfirst=text,
        byline=(text, text),
        body=f"police quay {text}",
        captions=captions(f"police {text}"),
        credit=Credit(text, text, known=text),
        language=text,
        links=(Link("https://a.example/?" + text, text, "related"),),
    )
    shape = payload(made, **copied(made))
    facts = shape["data"]["items"][0]["_watcher"]
    facts["outlet"]["name"] = text
    facts["story"]["original"]["outlet"] = text
    facts["story"]["original"]["url"] = "https://a.example/?" + text
    for one in facts["story"]["also"]:
        one["outlet"] = text
    facts["match"]["clause"] = text
    shape["data"]["_watcher"]["topic"]["query"] = text
    shape["source"] = "urn:watcher:" + text
    return shape


def test_markup_in_any_field_is_words():
    page = tree(mail(everywhere(MARKUP)))
    assert {one.tag for one in page.iter() if isinstance(one.tag, str)} <= TAGS
    for one in page.iter():
        assert set(one.attrib) <= {"href", "style", "dir", "lang", "charset", "name", "content"}
    assert page.xpath("//h1")[0].text_content() == MARKUP
    assert page.xpath("//h1/@lang") == []


def test_templates_in_any_field_are_words():
    made = mail(everywhere("{{7*7}} %(x)s {0.__class__} ${x} {% for %}"))
    for part in (made.subject, made.text, made.html):
        assert "{{7*7}} %(x)s {0.__class__} ${x} {% for %}" in part


@pytest.mark.parametrize(
    "url",
    [
        *"javascript:alert(1) JavaScript:alert(1) data:text/html,x vbscript:x //a.example/".split(),
        *("\tjavascript:alert(1)", "file:///etc/passwd", "http:a", "", "mailto:a@b.example"),
    ],
)
def test_an_address_that_is_no_web_address_is_never_a_link(url):
    shape = changed(url=url)
    item = shape["data"]["items"][0]
    item["_watcher"]["related"] = [{"title": "There", "url": url, "role": "related"}]
    item["_watcher"]["story"]["original"] = {"outlet": "Desk", "url": url}
    page = tree(mail(shape))
    assert page.xpath("//a") == []
    assert page.xpath("//h1")[0].text_content() == item["title"]
    for words in ("There", "a copy of Desk"):
        assert words in page.text_content()


STEERING = "a\u202eb\u2066c\x1b[31md\0e\u2028f\x85g\r\nEVIL"


def test_nothing_that_a_page_brings_along_steers_the_reader():
    made = mail(everywhere(STEERING))
    for part in (made.subject, made.text, made.html):
        assert not set(part) & set("\u202e\u2066\x1b\0\u2028\x85\r")
    assert made.text.splitlines()[0] == "a b c [31md e f g EVIL"


def test_marks_outside_their_text_or_over_each_other_break_nothing():
    hit = {
        "field": "body",
        "text": "police at the quay",
        "marks": [[14, 18], [0, 6], [3, 9], [90, 95]],
    }
    shape = changed(**{"_watcher.match": {"clause": "x", "clauses": [], "hits": [hit]}})
    made = mail(shape)
    assert "\n  *police* at the *quay*" in made.text
    assert tree(made).xpath("//blockquote")[0].text_content() == "police at the quay"


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_anywhere_makes_a_mail_with_the_same_skeleton(text):
    made = mail(everywhere(text))
    assert mail(everywhere(text)) == made
    made.html.encode("utf-8")
    made.text.encode("utf-8")
    page = tree(made)
    assert {one.tag for one in page.iter() if isinstance(one.tag, str)} <= TAGS
    assert len(page.xpath("//h1")) == 1
    assert len(made.subject.splitlines()) == 1
    assert all(len(value.splitlines()) == 1 for value in made.headers.values())


def test_a_revision_shows_what_changed_in_both_parts():
    shape = payload(english())
    shape["data"]["items"][0]["_watcher"]["revision"] = {
        "n": 2,
        "diff": [
            {"op": "-", "text": "Three <ships> wait."},
            {"op": "+", "text": "Four <ships> wait."},
        ],
    }
    made = mail(shape)
    assert "What changed:\n  - Three <ships> wait.\n  + Four <ships> wait.\n" in made.text
    assert "<del>Three &lt;ships&gt; wait.</del>" in made.html
    assert ">Four &lt;ships&gt; wait.</ins>" in made.html
    assert "What changed" not in mail(payload(english())).text
