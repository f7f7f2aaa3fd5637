"""Which links are followed, and when a budget has room."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.store.builders import draft, full_text

from watcher.articles.follow import slot, wanted
from watcher.model.article import Link
from watcher.model.follow import FollowWish
from watcher.model.when import DAY, HOUR

WISH = FollowWish()


def of(*links: Link):
    return draft("camp", replace(full_text("camp"), links=links))


def test_related_links_are_wanted_once_each_and_before_citations():
    both = FollowWish(roles=("related", "citation"))
    made = of(
        Link("https://third.example/a-report", "a report", "citation"),
        Link("https://other.example/camp?utm_source=x", "The same", "related", "block", "More"),
        Link("http://www.other.example/camp/", "The same", "related", "block"),
    )
    found = wanted(made, 0, {"camps": both, "raids": WISH})
    assert [(one.url, one.topics, one.depth) for one in found] == [
        ("https://other.example/camp", ("camps", "raids"), 1),
        ("https://third.example/a-report", ("camps",), 1),
    ]
    assert found[0].heading == "More"


def test_front_pages_files_networks_and_the_article_itself_are_not_wanted():
    made = of(
        *(
            Link(url, "A link with some words", "related", "block")
            for url in (
                "https://other.example/",
                "https://other.example/report.pdf",
                "https://www.facebook.com/sharer?u=1",
                "https://t.me/camp",
                "https://daily.example/camp",
            )
        )
    )
    assert wanted(replace(made, urls=("daily.example/camp",)), 0, {"camps": WISH}) == ()


def test_depth_ends_it():
    made = of(Link("https://other.example/camp", "The same", "related", "block"))
    assert wanted(made, 1, {"camps": WISH}) == ()
    (one,) = wanted(made, 1, {"camps": FollowWish(depth=2)})
    assert one.depth == 2


@given(
    st.integers(1, 5),
    st.lists(st.integers(0, 5 * DAY), max_size=40),
)
def test_no_span_of_a_day_holds_more_than_the_budget(number: int, moments: list[int]) -> None:
    wish = FollowWish(number=number)
    taken: list[int] = []
    for now in sorted(moments):
        at = slot(wish, taken, now)
        if at is not None:
            assert now <= at <= now + DAY
            taken = sorted([*taken, at])
    for first in range(len(taken) - number):
        assert taken[first + number] - taken[first] >= DAY


def test_what_would_have_to_wait_for_longer_than_a_day_has_no_room():
    wish = FollowWish(number=1)
    assert slot(wish, [], HOUR) == HOUR
    assert slot(wish, [HOUR], HOUR) == HOUR + DAY
    assert slot(wish, [HOUR, HOUR + DAY], HOUR) is None
