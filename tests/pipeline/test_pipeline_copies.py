"""A copy joins its original's story and is told once, in whatever order the two arrive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.demo.receivers import HookReceiver

CREDIT = "By Ada Mirk – Tarven Post"


@pytest.fixture
def other() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def both(watch: Watch, site: Site, other: Site, hooks: HookReceiver) -> Watch:
    """`site` wrote it (Tarven Post), `other` copied it and says so in its last line."""
    site.routes["/feed"] = Reply(rss(site, ("/strike", "Harbour strike", "Crews.")))
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    other.routes["/feed"] = Reply(
        rss(other, ("/copy", "Cranes stand still", "Crews."), hours_old=2)
    )
    other.routes["/copy"] = page("Cranes stand still", *HARBOUR, CREDIT, hours_old=2)
    watch.topic("harbour", "harbour", "hook")
    watch.hook(hooks.url)
    return watch


def standings(watch: Watch, site: Site, other: Site) -> dict[str, tuple[str, str | None]]:
    found = {}
    for name, url in (("strike", site.url("/strike")), ("copy", other.url("/copy"))):
        row = watch.article(url)
        found[name] = (row.role, row.copy_of)
    return found


@pytest.mark.parametrize("first", ["original", "copy", "together"])
def test_the_order_of_arrival_changes_when_it_is_told_never_what_is_stored(
    first: str, both: Watch, site: Site, other: Site, hooks: HookReceiver
) -> None:
    feeds = {
        "original": lambda: both.feed(site.url("/feed"), title="Tarven Post"),
        "copy": lambda: both.feed(other.url("/feed"), title="Coast Blog"),
    }
    if first != "together":
        feeds.pop(first)()
        both.once()
    for add in feeds.values():
        add()
    both.once(HOUR)

    original = both.article(site.url("/strike"))
    assert standings(both, site, other) == {
        "strike": ("original", None),
        "copy": ("copy", original.article),
    }
    assert len({both.article(url).story for url in (site.url("/strike"), other.url("/copy"))}) == 1
    assert [one.decision for one in both.alerts] == ["raised", "suppressed"]
    assert len(hooks.hooks) == 1
    if first == "original":
        assert both.alerts[1].reason == f"copy of {original.article} (Tarven Post)"


def test_the_copy_keeps_its_own_credit_and_why(both: Watch, site: Site, other: Site) -> None:
    both.feed(site.url("/feed"), title="Tarven Post")
    both.feed(other.url("/feed"), title="Coast Blog")
    both.once()

    copy = both.article(other.url("/copy"))
    assert copy.text.byline == ("Ada Mirk",)
    assert copy.text.credit is not None
    assert (copy.text.credit.outlet, copy.text.credit.known) == ("Tarven Post", "Tarven Post")
    assert CREDIT not in copy.text.body
    assert "its credit line names Tarven Post" in copy.why
    (found,) = both.read("stories", limit=10).items
    assert {one.role for one in found.articles} == {"original", "copy"}


@pytest.fixture
def reports(watch: Watch, site: Site, other: Site, hooks: HookReceiver) -> Watch:
    """Two outlets on one event, each in its own words."""
    site.routes["/feed"] = Reply(rss(site, ("/strike", "Harbour strike", "Crews.")))
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    other.routes["/feed"] = Reply(rss(other, ("/own", "Cranes stand still", "Crews.")))
    other.routes["/own"] = page(
        "Cranes stand still",
        "Nothing moved at the harbour of Tarven today: the crane drivers sat on the quay and "
        "played cards while a line of freighters drifted beyond the lighthouse.",
        "At issue are rosters which, according to the crews, keep being rewritten at short notice. "
        "The port's managers speak of a misunderstanding and hope for a vote on Thursday.",
        "Islanders have begun to share their stocks of heating oil, and the pharmacist has asked "
        "the fishing fleet to carry medicines across until the boats run again.",
    )
    watch.feed(site.url("/feed"))
    watch.feed(other.url("/feed"))
    watch.topic("harbour", "harbour", "hook")
    watch.hook(hooks.url)
    return watch


def test_two_texts_on_one_event_are_one_story_told_once_with_no_copy_among_them(
    reports: Watch, site: Site, other: Site, hooks: HookReceiver
) -> None:
    reports.once()

    strike, own = reports.article(site.url("/strike")), reports.article(other.url("/own"))
    assert sorted((strike.role, own.role)) == ["original", "report"]
    assert (strike.copy_of, own.copy_of) == (None, None)
    assert strike.story == own.story
    assert sorted(one.decision for one in reports.alerts) == ["raised", "suppressed"]
    assert len(hooks.hooks) == 1


@pytest.mark.parametrize(
    ("tell", "kinds"),
    [
        (["first"], ["match"]),
        (["first", "outlet"], ["match", "outlet"]),
        (["first", "original"], ["match", "original"]),
        (["first", "copy"], ["match"]),
    ],
)
def test_of_a_told_story_the_topic_hears_again_what_it_asked_for(
    tell: list[str], kinds: list[str], reports: Watch, hooks: HookReceiver
) -> None:
    reports.sections["topics"]["harbour"]["tell"] = tell
    reports.once()
    reports.once(HOUR)
    assert [one.kind for one in reports.alerts if one.decision == "raised"] == kinds
    assert len(hooks.hooks) == len(kinds)


def test_a_copy_is_told_only_where_copies_are_asked_for(
    both: Watch, site: Site, other: Site
) -> None:
    both.sections["topics"]["harbour"]["tell"] = ["first", "outlet", "original", "copy"]
    both.feed(site.url("/feed"), title="Tarven Post")
    both.once()
    both.feed(other.url("/feed"), title="Coast Blog")
    both.once(HOUR)
    assert [one.kind for one in both.alerts if one.decision == "raised"] == ["match", "copy"]
