"""A small archive for the reading commands: five texts in three languages, one of them a copy and
one hostile, two feeds, two topics, alerts and deliveries. Written by the real store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.store.builders import (
    LEASE,
    NOON,
    again,
    article_text,
    date,
    dead,
    decides,
    done,
    draft,
    entry,
    feed_spec,
    full_text,
    poll,
    says,
    topic_spec,
)

from watcher.model.article import ArticleDraft, Link, Outlet
from watcher.model.feed import PollError
from watcher.model.story import Standing
from watcher.model.when import HOUR, MINUTE
from watcher.ports import Store
from watcher.store.sqlite.store import open_store

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp\u2066"
DAILY = feed_spec("daily", title="The Daily")
BROKEN = feed_spec("broken")

OTHER = Outlet("other.example", "The Other")

CAMP = draft(
    "camp",
    replace(
        full_text("camp"),
        title="Police raid the camp",
        body="Police raided the camp at dawn.\n\nNobody was hurt.",
        links=(
            Link("https://other.example/camp", "The same at the Other", "related", "block"),
            Link("https://third.example/2", "a report", "citation"),
        ),
        published=date(NOON - 2 * HOUR),
    ),
    origin_feed=DAILY.feed,
    caller_id="nr 41",
)
COPY = draft(
    "copy",
    article_text(
        "Police raided the camp at dawn, says the Daily.",
        title="Raid: a copy",
        published=date(NOON - HOUR),
    ),
    url="https://other.example/camp",
    outlet=OTHER,
)
SHQIP = draft(
    "shqip",
    article_text(
        "Policia kontrolloi kampin në Durrës.",
        title="Kontroll në kamp",
        language="sq",
        published=date(NOON - 3 * HOUR),
    ),
    origin_feed=DAILY.feed,
)
FARSI = draft(
    "farsi",
    article_text(
        "پلیس به اردوگاه مجاهدین خلق رفت.",
        title="پلیس در اردوگاه",
        language="fa",
        published=date(NOON - 4 * HOUR),
    ),
)
HOSTILE = draft(
    "hostile",
    article_text(
        f"A storm {ESCAPES} came.",
        title=f"Storm {ESCAPES}\nsecond line",
        language="en-GB",
        published=None,
    ),
    outlet=Outlet("evil.example", f"Evil {ESCAPES}"),
)


def make(path: Path) -> Path:
    store = open_store(path)
    store.sync_feeds([DAILY, BROKEN], NOON)
    store.sync_topics(
        [topic_spec("raids", "raid OR raided", channels=("hook", "desk")), topic_spec("storms")],
        NOON,
    )
    _poll(store)
    home = _place(store, CAMP, topics={"raids": ["hook", "desk"]}).placement.story
    standing = Standing(COPY.article, "copy", "same", CAMP.article, 0.91, "91 % of its text")
    _place(store, COPY, joins=home, standing=standing, topics={"raids": ["hook"]})
    for of in (SHQIP, FARSI, HOSTILE):
        _place(store, of)
    for job, how in zip(
        store.claim_deliveries(NOON, NOON + LEASE, "t", 9),
        (done(), replace(again(NOON + 5 * MINUTE), attempt=dead().attempt)),
        strict=True,
    ):
        store.settle_delivery(job, how)
    store.close()
    return path


def _place(store: Store, of: ArticleDraft, **how: Any) -> Any:
    def decide(view: Any) -> Any:
        # One story is told once: the copy's alert is kept with its reason.
        made = decides(of, **how)(view)
        if "joins" not in how:
            return made
        alerts = tuple(
            replace(one, decision="suppressed", reason=f"copy of {ESCAPES}") for one in made.alerts
        )
        return replace(made, alerts=alerts, deliveries=())

    return store.place(of, decide, NOON)


def _poll(store: Store) -> None:
    jobs = {job.state.spec.feed: job for job in store.claim_feeds(NOON, NOON + LEASE, "t", 9)}
    news = poll([entry("camp", DAILY), entry("shqip", DAILY)], next_due=NOON + HOUR)
    assert store.commit_poll(jobs[DAILY.feed], says(news), NOON)
    error = PollError("WTC-NET-503", f"the server is busy {ESCAPES}")
    failed = poll(outcome="failed", error=error, status=503, next_due=NOON + HOUR, failures=1)
    assert store.commit_poll(jobs[BROKEN.feed], says(failed), NOON)
