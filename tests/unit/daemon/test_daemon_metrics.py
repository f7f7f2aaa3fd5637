"""What is counted of the journal's events, in a form that Prometheus reads."""

from __future__ import annotations

import re

import pytest

from watcher.daemon.metrics import CountingJournal, Metrics

LINE = re.compile(
    r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? [-+0-9.e]+'
)


class Kept:
    def __init__(self) -> None:
        self.events: list[str] = []

    def note(self, event: str, **facts: object) -> None:
        self.events.append(event)


def counted(*events: tuple[str, dict]) -> str:
    metrics, kept = Metrics(), Kept()
    journal = CountingJournal(kept, metrics)
    for event, facts in events:
        journal.note(event, **facts)
    assert kept.events == [event for event, _ in events]  # and every event is handed on
    return metrics.text()


def test_polls_entries_and_lag_are_counted():
    text = counted(
        ("poll", {"outcome": "new", "new": 3, "changed": 1, "lag": 0.5}),
        ("poll", {"outcome": "new", "new": 2, "changed": 0, "lag": 90}),
        ("poll", {"outcome": "failed", "new": 0, "changed": 0, "lag": None}),
    )
    assert 'watcher_polls_total{outcome="new"} 2\n' in text
    assert 'watcher_entries_total{kind="new"} 5\n' in text
    assert 'watcher_poll_lag_seconds_bucket{le="1"} 1\n' in text
    assert 'watcher_poll_lag_seconds_bucket{le="300"} 2\n' in text
    assert "watcher_poll_lag_seconds_sum 90.5\n" in text
    assert "watcher_poll_lag_seconds_count 2\n" in text


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"revision": 1, "copy_of": None}, "article"),
        ({"revision": 1, "copy_of": "a_1"}, "copy"),
        ({"revision": 2, "copy_of": "a_1"}, "revision"),
    ],
)
def test_a_text_is_an_article_a_copy_or_a_revision(facts: dict, kind: str):
    text = counted(("place", {**facts, "topics": ["ferries"]}))
    assert f'watcher_articles_total{{kind="{kind}"}} 1\n' in text
    assert 'watcher_matches_total{topic="ferries"} 1\n' in text


def test_deliveries_count_by_channel_and_only_those_that_arrived_tell_how_long_it_took():
    text = counted(
        ("deliver", {"channel": "desk", "state": "due", "waited": 40.0}),
        ("deliver", {"channel": "desk", "state": "done", "waited": 2.0}),
        ("alert", {"topic": "t", "decision": "raised"}),
    )
    assert 'watcher_deliveries_total{channel="desk",state="failed"} 1\n' in text
    assert 'watcher_deliveries_total{channel="desk",state="done"} 1\n' in text
    assert "watcher_delivery_seconds_count 1\n" in text
    assert 'watcher_alerts_total{topic="t",decision="raised"} 1\n' in text


def test_every_line_can_be_read_whatever_a_topic_is_called_and_every_name_is_explained():
    text = counted(("alert", {"topic": 'a"b\\c\nd{}', "decision": "raised"}))
    for line in text.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
    names = {one.name for one in Metrics()}
    assert {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")} == names
    assert all(one.help and name_is_plain(one.name) for one in Metrics())


def name_is_plain(name: str) -> bool:
    return re.fullmatch(r"watcher_[a-z_]+", name) is not None


def test_no_label_holds_what_nothing_bounds():
    labels = {label for one in Metrics() for label in one.labels}
    assert labels <= {
        *("version", "state", "outcome", "kind", "topic", "decision", "channel", "stage"),
        "result",
    }


def test_the_network_is_up_until_it_is_said_to_be_down():
    assert "watcher_network_up 1\n" in counted()
    assert "watcher_network_up 0\n" in counted(("network_down", {}))
    assert "watcher_network_up 1\n" in counted(("network_down", {}), ("network_up", {}))
