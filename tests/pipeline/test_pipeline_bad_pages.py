"""Whatever stands in place of a page: an article that says what it lacks, in bounded time, and the
others as ever."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.pipeline.conftest import HARBOUR, Watch, page, rss
from tests.support.site import Reply, Site

CYRILLIC = (
    "Работники порта Тарвен остановили погрузку судов во вторник утром после того, как "
    "переговоры о ночных сменах закончились без результата, и краны стояли до вечера.",
    "Администрация порта сообщила, что семь судов ждут за волнорезом, среди них танкер с "
    "топочным маслом, которого на островах ждали ещё в выходные.",
    "Представительница бригад Ада Мирк сказала, что никто не хочет долгого спора, но графики "
    "с осени менялись четыре раза без единого слова тем, кого это касается.",
)
SHQIP = (
    "Punëtorët e portit të Tarvenit ndaluan ngarkimin e anijeve të martën në mëngjes, pasi "
    "bisedimet për turnet e natës përfunduan pa rezultat, dhe vinçat qëndruan deri në mbrëmje.",
    "Autoriteti portual tha se shtatë anije po prisnin përtej dallgëpritësit, mes tyre një "
    "cisternë me naftë që ishujt e prisnin që në fundjavë.",
    "Zëdhënësja e ekuipazheve, Ada Mirk, tha se askush nuk dëshiron një mosmarrëveshje të gjatë, "
    "por oraret janë ndryshuar katër herë që nga vjeshta pa asnjë fjalë.",
)
WHOLE = page("Harbour strike", *HARBOUR)
PDF = b"%PDF-1.7\n" + b"1 0 obj << >> stream \x00\x01 endstream endobj\n" * 90
STATED = "The crews stopped work at the harbour, says the feed."


def nested(depth: int) -> str:
    return WHOLE.replace("<article>", "<article>" + "<div>" * depth)


def big() -> str:
    return WHOLE.replace("</main>", "<span class='x'><i></i></span>" * 170_000 + "</main>")


def xhtml() -> str:
    parts = "".join(f"<p>{one}<br></p></b>" for one in HARBOUR)
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 '
        'Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Harbour strike & more</title>'
        f"</head><body><div><h1>Harbour strike<h1>{parts}&nbsp;&oops;</div></span></html>"
    )


def answer(body: bytes | str, type: str = "text/html") -> Reply:
    return Reply(body, type=type)


# What is served, and what must stand in the text then: of the page, or of the feed (None).
PAGES: dict[str, tuple[Callable[[], Reply], str | None]] = {
    "the header's charset is wrong": (
        lambda: answer(
            page("Забастовка", *CYRILLIC)
            .replace("<head>", "<head><meta charset='windows-1251'>")
            .encode("windows-1251"),
            "text/html; charset=utf-8",
        ),
        "топочным маслом",
    ),
    "no charset anywhere": (
        lambda: answer(page("Забастовка", *CYRILLIC).encode("windows-1251")),
        "топочным маслом",
    ),
    "no charset, latin letters": (
        lambda: answer(page("Greva", *SHQIP).encode("windows-1252")),
        "Punëtorët e portit",
    ),
    "a charset that does not exist": (
        lambda: answer(WHOLE, "text/html; charset=klingon"),
        "night shifts",
    ),
    "broken bytes in the middle": (
        lambda: answer(WHOLE.encode().replace(b"harbour of", b"harbour \xff\xfe of")),
        "night shifts",
    ),
    "5 MB of markup": (lambda: answer(big()), ""),
    "50,000 nested elements": (lambda: answer(nested(50_000)), ""),
    "half a page": (lambda: answer(WHOLE[: WHOLE.index("rosters")]), "breakwater"),
    "XHTML with errors": (lambda: answer(xhtml(), "application/xhtml+xml"), "night shifts"),
    "frames": (
        lambda: answer(
            "<html><head><title>Harbour</title></head><frameset cols='20%,80%'>"
            "<frame src='/nav'><frame src='/text'></frameset></html>"
        ),
        None,
    ),
    "an image": (lambda: answer(b"\x89PNG\r\n\x1a\n" + bytes(4000), "image/png"), None),
    "an image called a page": (lambda: answer(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20), None),
    "a PDF": (lambda: answer(PDF, "application/pdf"), None),
    "a PDF called a page": (lambda: answer(PDF), None),
    "scripts only": (
        lambda: answer(
            "<html><head><title>Harbour</title></head><body><div id='root'></div>"
            f"<script>{'var words = 1;' * 2000}</script></body></html>"
        ),
        None,
    ),
    "nothing": (lambda: answer(b""), None),
    "blanks": (lambda: answer(b" \n" * 5000), None),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_in_place_of_a_page_stands_an_article_that_says_what_it_lacks(
    name: str, watch: Watch, site: Site
) -> None:
    make, says = PAGES[name]
    entries = (("/bad", "Harbour strike", STATED), ("/good", "Another day", "Ferries go again."))
    site.routes["/feed"] = Reply(rss(site, *entries), type="application/rss+xml")
    site.routes["/bad"] = make()
    site.routes["/good"] = page("Another day", *(f"So: {one}" for one in HARBOUR))
    watch.feed(site.url("/feed"))

    tally = watch.once()

    assert tally.broken == 0
    assert watch.article(site.url("/good")).text.source == "page"
    text = watch.article(site.url("/bad")).text
    if says is None or (says == "" and text.source == "feed"):
        assert text.source == "feed"
        assert text.body == STATED
        assert "page" in text.state.lacks
        assert any("could not be had" in why for why in text.why)
    else:
        assert text.source == "page"
        assert says in text.body
    assert not re.search("PNG|endobj|var words", text.body)


def test_what_half_a_page_lacks_is_said(watch: Watch, site: Site) -> None:
    entry = ("/bad", "Harbour strike", STATED)
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    undated = re.sub("<meta property[^>]*>", "", WHOLE)
    site.routes["/bad"] = answer(undated[: undated.index("rosters")])
    watch.feed(site.url("/feed"))
    watch.once()
    assert "date" in watch.article(site.url("/bad")).text.state.lacks


def canonical(path: str, site: Site) -> str:
    link = f"<link rel='canonical' href='{site.url(path)}'></head>"
    return WHOLE.replace("</head>", link)


def test_amp_and_print_addresses_lead_to_the_one_article(watch: Watch, site: Site) -> None:
    whole = canonical("/2026/harbour-strike", site)
    paths = ("/2026/harbour-strike/amp", "/print/4711", "/2026/harbour-strike?outputType=amp")
    entries = [(path, "Harbour strike", "Crews.") for path in paths]
    site.routes["/feed"] = Reply(rss(site, *entries), type="application/rss+xml")
    for path in (*paths, "/2026/harbour-strike"):
        site.routes[path] = whole
    watch.feed(site.url("/feed"))

    watch.once()

    (only,) = watch.articles
    assert only.url == site.url("/2026/harbour-strike")
    for path in paths:
        assert watch.article(site.url(path)).article == only.article


NO_ARTICLES = {
    "a list of articles": "<ul>" + "".join(
        f"<li><a href='/2026/{n}-news'>Number {n} of the news of this day</a></li>"
        for n in range(30)
    ) + "</ul>",
    "a page that is not there": "<h1>Page not found</h1><p>Go back to the front page.</p>",
    "a wall": "<h1>Cookies</h1><p>Consent to cookies and tracking, see our privacy page.</p>",
}  # fmt: skip


@pytest.mark.parametrize("what", NO_ARTICLES)
def test_a_page_that_is_no_article_makes_none_of_its_own(
    what: str, watch: Watch, site: Site
) -> None:
    entry = ("/bad", "Harbour strike", STATED)
    site.routes["/feed"] = Reply(rss(site, entry), type="application/rss+xml")
    site.routes["/bad"] = f"<html><head><title>News</title></head><body>{NO_ARTICLES[what]}</body>"
    watch.feed(site.url("/feed"))
    watch.once()
    text = watch.article(site.url("/bad")).text
    assert (text.source, text.body) == ("feed", STATED)
    assert "page" in text.state.lacks
    assert any("no article" in why for why in text.why)
