"""The newsroom's days through the whole pipeline, held to the newsroom's own account.

What the account marks `later` is left to the part that will bring it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from watcher.app import open_reading
from watcher.cli import shapes
from watcher.daemon.main import one_pass
from watcher.demo.newsroom import Newsroom, fill
from watcher.demo.play import Day, Notes, Stage, stage
from watcher.model.when import DAY
from watcher.text.dates import parse_date

NEWSROOM = Newsroom.find()
RELATED = ("url", "text", "kind", "heading")
ROWS = [
    pytest.param(key, row, id=f"{key}-{row['day']}-{row['path'].strip('/').rsplit('/', 1)[-1]}")
    for key, outlet in NEWSROOM.outlets.items()
    for row in outlet.account["pages"]
]


@dataclass
class Played:
    """`pages` holds every stored article's shape by day and URL, as it stood after that day."""

    on_air: Stage
    days: list[Day]
    pages: list[dict[str, dict[str, Any]]]

    def filled(self, value: Any) -> Any:
        """Part of the account with the outlets' addresses put in."""
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(fill(text, self.on_air.site.bases))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with stage(tmp_path_factory.mktemp("newsroom"), NEWSROOM) as on_air:
        days, pages = [], []
        for number in range(1, len(NEWSROOM.days) + 1):
            days.append(on_air.play(number))
            pages.append(stored(on_air))
        yield Played(on_air, days, pages)


def stored(on_air: Stage) -> dict[str, dict[str, Any]]:
    with closing(open_reading(on_air.settings.database)) as reader:
        rows = [reader.article(found.article) for found in reader.search(None)]
    return {row.url: shapes.article(row) for row in rows if row is not None}


def offset(date: str | None) -> str | None:
    """`Z` and `+00:00` say the same."""
    return date and date.replace("+00:00", "Z")


@pytest.mark.parametrize(("key", "row"), ROWS)
def test_every_page_becomes_what_the_account_says(
    key: str, row: dict[str, Any], played: Played
) -> None:
    row = played.filled(row)
    pages = played.pages[row["day"] - 1]
    url = played.on_air.site.bases[key] + row["path"]
    if not row.get("stored", True):
        assert url not in pages
        return
    got = pages[url]

    related = [link for link in got["links"] if link["role"] == "related"]
    assert {
        "title": got["title"],
        "standfirst": got["standfirst"],
        "byline": got["byline"],
        "credit": got["credit"],
        "published": offset(got["published"]),
        "modified": offset(got["modified"]),
        "language": got["language"],
        "captions": got["captions"],
        "related": [{name: link[name] for name in RELATED} for link in related],
        "citations": [link["url"] for link in got["links"] if link["role"] == "citation"],
        "body": got["body"].split("\n\n"),
        "state": got["state"]["kind"],
        "text": got["text"],
        "outlet": got["outlet"],
        "revision": got["revisions"][-1]["n"],
    } == {
        **{name: row[name] for name in ("title", "standfirst", "byline", "credit", "language")},
        **{name: row[name] for name in ("captions", "related", "citations", "body", "state")},
        "published": offset(row["published"]),
        "modified": offset(row["modified"]),
        "text": row.get("text", "page"),
        "outlet": NEWSROOM.outlets[key].name,
        "revision": row.get("revision", 1),
    }  # fmt: skip
    assert got["kind"] == row.get("kind")
    # Of reports on one event, who wrote first depends on which of them were found to be on it.
    assert got["role"] in ({"copy"} if row.get("role") == "copy" else {"original", "report"})
    original = pages[row["copy_of"]]["article"] if "copy_of" in row else None
    assert got["copy_of"] == original
    assert got["revisions"][-1]["changes"] == row.get("changes", [])


@pytest.mark.parametrize("plan", NEWSROOM.plan["days"], ids=lambda plan: f"day{plan['day']}")
def test_every_day_tells_what_the_account_says(plan: dict[str, Any], played: Played) -> None:
    plan = played.filled(plan)
    day, pages = played.days[plan["day"] - 1], played.pages[plan["day"] - 1]
    urls = {page["article"]: url for url, page in pages.items()}

    assert (day.tally.polls, day.tally.failed, day.tally.broken) == (plan["polls"], 0, 0)
    assert (day.tally.new, day.tally.changed) == (plan["new"], plan["changed"])
    assert len(day.notes.named("place")) == plan["stored"]
    told = {(one["topic"], urls[one["article"]]): one for one in day.notes.named("alert")}
    wanted = {(one["topic"], one["article"]): one for one in plan["alerts"]}
    assert told.keys() == wanted.keys()
    for key, alert in told.items():
        found, account = (alert["decision"], alert["reason"]), wanted[key]
        if account.get("may_join") and found == ("suppressed", "story already told"):
            continue
        assert found[0] == account["decision"]
        assert found[1].startswith(account["reason"])


def test_what_was_raised_arrived_once_on_each_channel(played: Played) -> None:
    channels = {name: topic["channels"] for name, topic in NEWSROOM.plan["topics"].items()}
    raised = [
        (alert["topic"], played.pages[-1][url]["story"])
        for day in played.days
        for alert in day.notes.named("alert")
        if alert["decision"] == "raised"
        for url, page in played.pages[-1].items()
        if page["article"] == alert["article"]
    ]
    hooks, mails = played.on_air.hooks.hooks, played.on_air.mails.mails
    assert len(hooks) == sum("hook" in channels[topic] for topic, _ in raised)
    assert len(mails) == sum("desk" in channels[topic] for topic, _ in raised)
    assert all(hook.verified for hook in hooks)
    assert len({hook.id for hook in hooks}) == len(hooks)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def groups(played: Played) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for url, page in played.pages[-1].items():
        found.setdefault(page["story"], set()).add(url)
    return list(found.values())


def test_what_the_account_calls_one_story_is_one_in_every_order(played: Played) -> None:
    for together in played.filled(NEWSROOM.plan["stories"]):
        assert sum(bool(group & set(together)) for group in groups(played)) == 1, together


def test_no_story_has_articles_of_two_events(played: Played) -> None:
    events = {
        url: name for name, urls in played.filled(NEWSROOM.plan["events"]).items() for url in urls
    }
    for group in groups(played):
        assert len({events.get(url, url) for url in group}) == 1, sorted(group)


def test_every_story_has_one_original_and_every_copy_stands_behind_a_text_of_its_own(
    played: Played,
) -> None:
    pages = played.pages[-1]
    by_id = {page["article"]: page for page in pages.values()}
    for group in groups(played):
        assert [pages[url]["role"] for url in group].count("original") == 1
        for url in group:
            source = by_id.get(pages[url]["copy_of"] or "")
            assert source is None or source["copy_of"] is None


def test_a_second_pass_of_the_last_day_changes_nothing(played: Played) -> None:
    hooks = len(played.on_air.hooks.hooks)
    last = parse_date(NEWSROOM.days[-1])
    assert last is not None
    tally = one_pass(played.on_air.settings, Notes(), at=last.at + DAY)
    assert (tally.polls, tally.new, tally.changed, tally.scraped) == (7, 0, 0, 0)
    assert stored(played.on_air) == played.pages[-1]
    assert len(played.on_air.hooks.hooks) == hooks
