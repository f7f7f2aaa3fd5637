"""Digests, quiet hours, caps and cooldowns, by tables of moments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.alerts.payload import LIMIT
from watcher.alerts.quiet import close, due, muted, next_time
from watcher.alerts.render import mail
from watcher.model.alert import Closing, Mute, Sent, Waiting
from watcher.model.topic import TopicSpec, Way
from watcher.model.when import DAY, HOUR, MINUTE, Micros, micros, rfc3339

TIRANE = "Europe/Tirane"


def at(text: str, zone: str = TIRANE) -> Micros:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def payload(n: int, story: str = "s_1", **item: Any) -> str:
    when = rfc3339(at("2026-03-10T12:00:00") + n * MINUTE)
    facts = {
        "outlet": {"name": f"Outlet {n}", "domain": f"outlet{n}.example"},
        "seen_at": when,
        "match": {
            "clause": "harbour",
            "clauses": [{"clause": "harbour", "field": "body", "start": 4, "end": 11}],
            "hits": [{"field": "body", "text": "The harbour is shut.", "marks": [[4, 11]]}],
        },
        "story": {"id": story, "role": "original", "articles": 1, "outlets": 1},
        "revision": {"n": 1},
    }
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"d_{n}",
            "source": "urn:watcher:here",
            "type": "match.created",
            "time": when,
            "data": {
                "_watcher": {
                    "alert": f"al_{n}",
                    "kind": "match",
                    "reason": "harbour",
                    "topic": {"id": "t", "name": "t", "query": "harbour", "query_version": 3},
                },
                "items": [
                    {
                        "id": f"a_{n}",
                        "url": f"https://outlet{n}.example/strike",
                        "title": f"Strike, part {n}",
                        "content_text": "The harbour is shut. " * 20,
                        "_watcher": facts,
                    }
                    | item
                ],
            },
        }
    )


def row(
    n: int, at_: Micros, *, why: str = "", due_at: Micros | None = None, **more: Any
) -> Waiting:
    story = str(more.pop("story", "s_1"))
    return Waiting(
        alert=f"al_{n}",
        channel="desk",
        topic="t",
        story=story,
        at=at_,
        due_at=at_ if due_at is None else due_at,
        why=why,
        payload=payload(n, story, **more),
    )


def closed(way: Way, *rows: Waiting, now: Micros, **known: Any) -> Closing:
    topic = TopicSpec("t", "harbour", "harbour", channels=("desk",), ways=(way,))
    given_ = {"sent": (), "mutes": {}, "instance": "here"} | known
    return close(topic, "desk", rows, now=now, **given_)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-03-10T07:00", "2026-03-10T07:30"),
        ("2026-03-10T07:30", "2026-03-10T17:00"),  # strictly later
        ("2026-03-10T18:00", "2026-03-11T07:30"),
        ("2026-12-31T18:00", "2027-01-01T07:30"),
        # The clocks go forward on 29 March 2026 and back on 25 October.
        ("2026-03-28T18:00", "2026-03-29T07:30"),
        ("2026-10-24T18:00", "2026-10-25T07:30"),
    ],
)
def test_a_digest_is_at_the_readers_time_of_day(now: str, wanted: str) -> None:
    way = Way("desk", digest=(450, 1020), zone=TIRANE)
    assert due(way, {}, "t", "s_1", at(now)) == (at(wanted), "digest")


def test_a_time_that_the_clocks_leap_over_is_an_hour_later() -> None:
    assert next_time((150,), TIRANE, at("2026-03-29T01:00")) == at("2026-03-29T03:30")


def test_a_time_that_comes_twice_is_told_once() -> None:
    first = next_time((150,), TIRANE, at("2026-10-25T01:00"))
    assert rfc3339(first) == "2026-10-25T00:30:00Z"
    assert next_time((150,), TIRANE, first) == at("2026-10-26T02:30")


@given(
    st.lists(st.integers(0, 1439), min_size=1, max_size=4),
    st.sampled_from([TIRANE, "UTC", "Asia/Tehran", "America/St_Johns", "Australia/Lord_Howe"]),
    st.integers(at("2026-01-01T00:00"), at("2027-12-31T00:00")),
)
def test_the_next_time_is_later_and_within_two_days(
    minutes: list[int], zone: str, now: Micros
) -> None:
    found = next_time(minutes, zone, now)
    assert now < found <= now + DAY + 2 * HOUR


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-03-10T21:59", None),
        ("2026-03-10T22:00", "2026-03-11T07:00"),
        ("2026-03-11T06:59", "2026-03-11T07:00"),
        ("2026-03-11T07:00", None),
    ],
)
def test_quiet_hours_run_over_midnight(now: str, wanted: str | None) -> None:
    way = Way("desk", quiet=(1320, 420), zone=TIRANE)
    moment, why = due(way, {}, "t", "s_1", at(now))
    assert (moment, why) == ((at(now), "") if wanted is None else (at(wanted), "quiet"))


def test_what_waited_for_a_digest_goes_out_as_one() -> None:
    way = Way("desk", digest=(450,), zone=TIRANE)
    now = at("2026-03-11T07:30")
    rows = [
        row(n, at("2026-03-10T12:00") + n, why="digest", due_at=now, story=f"s_{n % 2}")
        for n in range(5)
    ]
    made = closed(way, *rows, now=now)
    (sent,) = made.deliveries
    (alert,) = made.alerts
    assert (made.keep, made.dropped, alert.kind, alert.topic_version) == ((), {}, "digest", 3)
    body = json.loads(sent.payload)
    assert body["type"] == "digest.ready"
    assert body["data"]["title"] == "t: 5 new in 2 stories"
    # By story, the newest development first.
    assert [item["id"] for item in body["data"]["items"]] == ["a_4", "a_2", "a_0", "a_3", "a_1"]
    assert closed(way, *rows, now=now + HOUR).deliveries[0].delivery == sent.delivery


def test_one_that_waited_alone_is_sent_as_itself() -> None:
    now = at("2026-03-11T07:30")
    waited = row(1, now - HOUR, why="digest", due_at=now)
    made = closed(Way("desk", digest=(450,), zone=TIRANE), waited, now=now)
    assert made.alerts == ()
    assert made.deliveries[0].payload == waited.payload


def test_after_the_cap_the_rest_goes_into_the_next_digest() -> None:
    way = Way("desk", digest=(), cap=2, zone=TIRANE)
    now = at("2026-03-10T12:00")
    made = closed(way, *[row(n, now) for n in range(5)], now=now)
    assert [one.alert for one in made.deliveries] == ["al_0", "al_1"]
    assert {(one.why, one.due_at) for one in made.keep} == {("cap", at("2026-03-11T00:00"))}
    # The next day they come together, which counts for no cap.
    morning = at("2026-03-11T00:00")
    sent = [Sent(now, False), Sent(now, False)]
    rest = closed(way, *made.keep, now=morning, sent=sent)
    assert [alert.kind for alert in rest.alerts] == ["digest"]
    sent.append(Sent(morning, True))
    assert len(closed(way, row(9, morning), now=morning + 1, sent=sent).deliveries) == 1


def test_the_caps_day_is_the_readers() -> None:
    way = Way("desk", cap=1, zone=TIRANE)
    before = [Sent(at("2026-03-10T23:30"), False)]  # 22:30 UTC
    soon, late = at("2026-03-10T23:40"), at("2026-03-11T00:10")
    assert closed(way, row(1, soon), now=soon, sent=before).deliveries == ()
    assert len(closed(way, row(1, late), now=late, sent=before).deliveries) == 1


def test_what_comes_within_the_cooldown_comes_together_after_it() -> None:
    way = Way("desk", cooldown=HOUR)
    now = at("2026-03-10T12:00")
    first = closed(way, row(0, now), row(1, now), row(2, now), now=now)
    assert [one.alert for one in first.deliveries] == ["al_0"]
    assert {(one.why, one.due_at) for one in first.keep} == {("cooldown", now + HOUR)}
    then = closed(way, *first.keep, now=now + HOUR, sent=[Sent(now, False)])
    assert (len(then.deliveries), then.alerts[0].kind) == (1, "digest")


def test_after_a_time_without_watcher_the_quiet_hours_still_hold() -> None:
    way = Way("desk", digest=(1020,), quiet=(1320, 420), zone=TIRANE)
    due_at, now = at("2026-03-10T17:00"), at("2026-03-10T23:00")
    (kept,) = closed(way, row(1, due_at - HOUR, why="digest", due_at=due_at), now=now).keep
    assert (kept.why, kept.due_at) == ("digest", at("2026-03-11T07:00"))


def test_a_snoozed_story_is_told_when_the_snooze_ends_a_muted_one_never() -> None:
    now = at("2026-03-10T12:00")
    snoozed = {"story:s_1": Mute("story:s_1", now + 3 * DAY, True, now, "ana")}
    silent = {"topic:t": Mute("topic:t", None, False, now, "ana")}
    assert due(Way("desk"), snoozed, "t", "s_1", now) == (now + 3 * DAY, "snooze")
    assert due(Way("desk"), snoozed, "t", "s_2", now) == (now, "")
    assert muted(snoozed, "t", "s_1", now) is None
    assert muted(silent, "t", "s_1", now) == "topic:t was muted by ana"
    made = closed(Way("desk"), row(1, now, why="digest"), now=now, mutes=silent)
    assert (made.deliveries, made.dropped) == ((), {"al_1": "topic:t was muted by ana"})


def test_a_mute_that_is_over_mutes_no_more() -> None:
    now = at("2026-03-10T12:00")
    over = {"topic:t": Mute("topic:t", now, False, now - DAY, "ana")}
    assert muted(over, "t", "s_1", now) is None


def test_what_the_config_no_longer_tells_is_not_told() -> None:
    now = at("2026-03-10T12:00")
    other = TopicSpec("t", "harbour", "harbour", channels=("hook",))
    known: dict[str, Any] = {"sent": (), "mutes": {}, "instance": "here", "now": now}
    for topic in (None, other):
        made = close(topic, "desk", [row(1, now)], **known)
        assert (made.deliveries, list(made.dropped)) == ((), ["al_1"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "digest", "quiet", "cap", "cooldown"]), st.integers(0, 3)),
        min_size=1,
        max_size=12,
    ),
    st.builds(
        Way,
        st.just("desk"),
        digest=st.sampled_from([(), (450,)]),
        quiet=st.sampled_from([None, (1320, 420)]),
        cap=st.sampled_from([None, 1, 3]),
        cooldown=st.sampled_from([0, HOUR]),
        zone=st.sampled_from(["UTC", TIRANE]),
    ),
    st.integers(0, 48 * 60),
)
def test_nothing_is_lost_nothing_is_twice_and_what_waits_waits_for_later(
    waits: list[tuple[str, int]], way: Way, minutes: int
) -> None:
    now = at("2026-03-10T00:00") + minutes * MINUTE
    rows = [row(n, now - HOUR, why=why, story=f"s_{s}") for n, (why, s) in enumerate(waits)]
    made = closed(way, *rows, now=now)
    together = {
        item["_watcher"]["alert"]
        for one, alert in ((one, one.alert) for one in made.deliveries)
        if alert not in {row.alert for row in rows}
        for item in json.loads(one.payload)["data"]["items"]
    }
    alone = {one.alert for one in made.deliveries} & {row.alert for row in rows}
    kept = {one.alert for one in made.keep}
    assert not (alone & together)
    assert not (alone & kept)
    assert not (together & kept)
    assert alone | together | kept == {row.alert for row in rows}
    assert all(one.due_at > now for one in made.keep)
    if way.cap is not None:
        assert len(alone) <= max(way.cap, 1)


def test_a_digest_that_is_too_long_counts_what_it_leaves_out() -> None:
    now = at("2026-03-11T07:30")
    rows = [
        row(n, now - HOUR + n, why="digest", due_at=now, summary="Arbeiter im Hafen. " * 40)
        for n in range(100)
    ]
    made = closed(Way("desk", digest=(450,), zone=TIRANE), *rows, now=now)
    body = json.loads(made.deliveries[0].payload)
    facts = body["data"]["_watcher"]["digest"]
    assert len(made.deliveries[0].payload.encode()) < LIMIT
    assert facts["articles"] == 100
    assert facts["omitted"] == 100 - len(body["data"]["items"]) > 0
    assert body["data"]["items"][0]["id"] == "a_99"


def test_an_article_told_twice_is_in_the_digest_once_as_it_is_now() -> None:
    now = at("2026-03-11T07:30")
    rows = [row(n, now - HOUR + n, why="digest", due_at=now, id="a_1") for n in (1, 2)]
    made = closed(Way("desk", digest=(450,), zone=TIRANE), *rows, now=now)
    body = json.loads(made.deliveries[0].payload)
    assert [item["title"] for item in body["data"]["items"]] == ["Strike, part 2"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("match", None),
        ("revision", "Changed: number."),
        ("withdrawal", "Withdrawn: gone since yesterday: 410. This is the last text that was had."),
    ],
)
def test_a_digest_says_what_is_new_of_an_article_told_before(kind: str, said: str | None) -> None:
    now = at("2026-03-11T07:30")
    rows = [row(n, now - HOUR + n, why="digest", due_at=now) for n in (1, 2)]
    last = json.loads(rows[1].payload)
    last["data"]["_watcher"] |= {"kind": kind, "reason": "gone since yesterday: 410"}
    last["data"]["items"][0]["_watcher"]["revision"] = {"n": 2, "change": ["number"]}
    rows[1] = replace(rows[1], payload=json.dumps(last))
    made = closed(Way("desk", digest=(450,), zone=TIRANE), *rows, now=now)
    written = mail(json.loads(made.deliveries[0].payload))
    notes = [line.strip() for line in written.text.splitlines() if ": " in line]
    told = [line for line in notes if line.startswith(("Changed:", "Withdrawn:"))]
    assert told == ([said] if said else ["Changed: the topic became true in this revision."])
    assert told[0] in written.html


def test_the_mail_of_a_digest_names_stories_newest_first_and_what_was_left_out() -> None:
    now = at("2026-03-11T07:30")
    rows = [
        replace(
            row(n, now - HOUR + n, why="digest", due_at=now, story=f"s_{n % 2}"),
        )
        for n in range(3)
    ]
    made = closed(Way("desk", digest=(450,), zone=TIRANE), *rows, now=now)
    written = mail(json.loads(made.deliveries[0].payload))
    assert written.subject == "[t] 3 new in 2 stories, Wed 11 Mar"
    assert written.headers["List-Id"] == "<t.here>"
    lines = written.text.splitlines()
    assert [line for line in lines if line.startswith(("* ", "  Also: "))] == [
        "* Strike, part 2",
        "  Also: Strike, part 0",
        "* Strike, part 1",
    ]
    assert "UTC+01:00" in written.text
    assert "The *harbour* is shut." in written.text
    assert written.html.count("<h2") == 2
