"""Deliveries: whose turn it is, how an attempt ends, and what a thread of mails refers to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.store.builders import (
    LEASE,
    NOON,
    again,
    dead,
    decides,
    done,
    draft,
    place,
)

from watcher.model import ids
from watcher.model.alert import (
    Alert,
    Attempt,
    ChannelDecision,
    ChannelState,
    Delivery,
    PlaceView,
    Settlement,
)
from watcher.model.when import DAY, HOUR, MINUTE
from watcher.store.sqlite import channels


def claim(store, now=NOON, token="t", limit=99):
    return store.claim_deliveries(now, now + LEASE, token, limit)


def names(jobs):
    return [job.delivery.channel for job in jobs]


def tell(store, name="one", topic="raids", *, due=NOON, joins=None, **channels):
    """Places an article whose alert goes to `channels`, each due `due` or at its own time."""
    of = draft(name)
    named = channels.pop("to", () if channels else ("hook",))
    whole = dict.fromkeys(named, due) | channels

    def decide(view: PlaceView):
        made = decides(of, topics={topic: whole}, joins=joins)(view)
        timed = (replace(one, due_at=whole[one.channel]) for one in made.deliveries)
        return replace(made, deliveries=tuple(timed))

    made = store.place(of, decide, NOON)
    assert made is not None
    return made


def shown(reader):
    return {one.channel: one for one in reader.deliveries(limit=99).items}


# claim


def test_a_delivery_is_handed_out_as_it_was_frozen(store):
    made = tell(store)
    (job,) = claim(store)
    assert job.delivery == made.deliveries[0]
    assert job.delivery.delivery == ids.delivery_id(made.alerts[0].alert, "hook")
    assert (job.token, job.attempts, job.first_due, job.first_in_thread) == ("t", 0, NOON, None)


def test_the_oldest_due_deliveries_are_claimed_first_and_equal_ones_as_they_were_written(store):
    tell(store, late=NOON, early=NOON - HOUR, twin=NOON, later=NOON + 1, middle=NOON - MINUTE)
    assert names(claim(store, limit=2)) == ["early", "middle"]
    assert names(claim(store, token="u")) == ["late", "twin"]
    assert names(claim(store, NOON + 1, "v")) == ["later"]


def test_nothing_is_claimed_where_nothing_is_due(database, store):
    tell(store, due=NOON + 1)
    before = database.contents()
    assert claim(store) == []
    assert database.contents() == before


# settle


@pytest.mark.parametrize(
    ("settlement", "state", "next_at"),
    [
        (done(), "done", None),
        (dead(), "dead", None),
        (again(NOON + MINUTE), "due", NOON + MINUTE),
    ],
)
def test_an_attempt_is_kept_with_its_answer_and_the_new_state(
    store, reader, settlement, state, next_at
):
    made = tell(store)
    (job,) = claim(store)
    assert shown(reader)["hook"].state == "leased"
    assert store.settle_delivery(job, settlement)
    row = shown(reader)["hook"]
    assert (row.delivery, row.alert) == (job.delivery.delivery, made.alerts[0].alert)
    assert (row.state, row.next_at, row.attempts) == (state, next_at, (settlement.attempt,))
    assert claim(store) == []


@pytest.mark.parametrize("settlement", [done(), dead()])
def test_what_is_done_or_dead_is_never_claimed_again(store, settlement):
    tell(store)
    (job,) = claim(store)
    store.settle_delivery(job, settlement)
    assert claim(store, NOON + 365 * DAY) == []
    assert store.next_due() is None
    assert store.release_leases() == 0


def test_a_retry_comes_at_its_time_with_its_tries_counted_and_its_first_hour_kept(store, reader):
    tell(store)
    for attempts in range(4):
        at = NOON + attempts * HOUR
        (job,) = claim(store, at, f"t{attempts}")
        assert (job.attempts, job.first_due) == (attempts, NOON)
        assert store.settle_delivery(job, again(at + HOUR, at=at))
        assert claim(store, at + HOUR - 1) == []
        assert store.next_due() == at + HOUR
    assert [one.at for one in shown(reader)["hook"].attempts] == [
        NOON + hours * HOUR for hours in range(4)
    ]


def test_a_retry_goes_behind_what_has_waited_longer(store):
    tell(store, to=("first", "second"))
    (job,) = claim(store, limit=1)
    store.settle_delivery(job, again(NOON + 1))
    assert names(claim(store, NOON + 1, "u")) == ["second", "first"]


def test_settling_moves_the_last_moment(store):
    tell(store)
    (job,) = claim(store)
    store.settle_delivery(job, done(at=NOON + DAY))
    assert store.last_time() == NOON + DAY


@pytest.mark.parametrize("error", ["no \ud800 route", "a\x00b", "زمان تمام شد", "", "x" * 100_000])
def test_whatever_a_receiver_answers_is_kept(store, reader, error):
    tell(store)
    (job,) = claim(store)
    attempt = Attempt(NOON, 599, error, 2**62)
    assert store.settle_delivery(job, Settlement("due", attempt, NOON))
    (kept,) = shown(reader)["hook"].attempts
    assert kept == replace(attempt, error=error.replace("\ud800", "\ufffd"))


# the fence


@pytest.mark.parametrize("rival", ["claimed by another", "released at a start", "settled"])
@pytest.mark.parametrize("settlement", [done(), dead(), again(NOON + HOUR)])
def test_without_its_lease_an_attempt_stores_nothing(database, store, rival, settlement):
    tell(store)
    (late,) = claim(store)
    if rival == "claimed by another":
        assert claim(store, NOON + LEASE, "u")
    elif rival == "released at a start":
        assert store.release_leases() == 1
    else:
        assert store.settle_delivery(late, again(NOON))
    before = database.contents()
    assert not store.settle_delivery(late, settlement)
    after = database.contents()
    assert {**after, "meta": []} == {**before, "meta": []}


def test_an_attempt_slower_than_its_lease_counts_while_nobody_else_took_it(store):
    tell(store)
    (job,) = claim(store)
    assert store.settle_delivery(job, done(at=NOON + 2 * LEASE))
    assert claim(store, NOON + DAY) == []


# threads


def test_a_thread_is_one_topics_in_one_story_on_one_channel(store):
    home = tell(store, "one", "raids", to=("desk", "hook")).placement.story
    tell(store, "two", "camps", joins=home, to=("desk",))
    tell(store, "three", "raids", to=("desk",))  # a story of its own
    jobs = claim(store)
    assert [(job.delivery.topic, job.delivery.channel) for job in jobs] == [
        ("raids", "desk"),
        ("raids", "hook"),
        ("camps", "desk"),
        ("raids", "desk"),
    ]
    assert {job.first_in_thread for job in jobs} == {None}


def test_a_second_alert_of_topic_and_story_refers_to_the_first_mail_of_the_same_channel(store):
    made = tell(store, "one", to=("hook", "desk"))
    for job in claim(store):
        store.settle_delivery(job, done())
    story, first = made.placement.story, made.deliveries[1]

    def decide(view: PlaceView):
        decided = decides(draft("two"), joins=story, topics={"raids": ["desk"]})(view)
        (alert,) = decided.alerts
        later = replace(first, delivery="d_later", alert=alert.alert)
        return replace(decided, alerts=(replace(alert, kind="revision"),), deliveries=(later,))

    assert store.place(draft("two"), decide, NOON)
    (job,) = claim(store)
    assert (job.delivery.delivery, job.first_in_thread) == ("d_later", first.delivery)


# what is written once


def test_the_same_alert_placed_again_sends_nothing_again(store, reader):
    tell(store)
    (job,) = claim(store)
    store.settle_delivery(job, done())
    place(store, draft("one"), topics={"raids": ["hook"]})
    assert [one.state for one in reader.deliveries(limit=9).items] == ["done"]


def test_deliveries_are_listed_by_the_state_that_is_shown(store, reader):
    tell(store, to=("sent", "lost", "busy", "waits"))
    for job in claim(store, limit=3):
        if job.delivery.channel != "busy":
            how = done() if job.delivery.channel == "sent" else dead()
            store.settle_delivery(job, how)
    by_state = {
        state: [one.channel for one in reader.deliveries(limit=9, state=state).items]
        for state in ("due", "leased", "done", "dead")
    }
    assert by_state == {"due": ["waits"], "leased": ["busy"], "done": ["sent"], "dead": ["lost"]}
    status = reader.status(NOON)
    assert status.outbox == {"due": 1, "leased": 1, "dead": 1, "waiting": 0}
    assert status.outbox_oldest == NOON


# channels


def by_name(store):
    return {one.channel: one for one in channels.states(store._db)}


def test_a_channel_is_known_from_its_first_delivery(store, reader):
    tell(store, hook=NOON)
    assert [one.channel for one in reader.channels()] == ["hook"]
    store.know_channels(["desk", "hook"])
    assert [one.channel for one in reader.channels()] == ["desk", "hook"]
    assert reader.waiting() == {"hook": 1}


def test_no_channel_gets_more_at_a_time_than_it_has_room_for(store):
    for n in range(4):
        tell(store, f"n{n}", hook=NOON, desk=NOON)

    def rooms(limits):
        return lambda one: limits[one.channel]

    first = store.claim_deliveries(NOON, NOON + LEASE, "a", 9, rooms({"hook": 1, "desk": 3}))
    assert sorted(names(first)) == ["desk", "desk", "desk", "hook"]
    again_ = store.claim_deliveries(NOON, NOON + LEASE, "b", 9, rooms({"hook": 2, "desk": 3}))
    assert names(again_) == ["hook"]
    assert store.claim_deliveries(NOON, NOON + LEASE, "c", 9, rooms({"hook": 0, "desk": 0})) == []


def test_what_an_attempt_says_of_its_channel_is_kept_and_told_in_one(store, reader):
    tell(store, hook=NOON)
    (job,) = claim(store)
    failing = ChannelState("hook", 3, NOON, None, "HTTP 503", NOON + MINUTE)
    notice = Alert("al_notice", "channel_failing", "", 0, "", "", 0, "raised", "it fails", NOON)
    way = Delivery("d_notice", "al_notice", "", "", "desk", "{}", NOON)
    made = ChannelDecision(failing, notice, (way,))
    assert store.settle_delivery(job, again(NOON + HOUR), lambda state: made) == made
    assert by_name(store)["hook"] == failing
    assert reader.alert("al_notice").reason == "it fails"
    assert reader.delivery("d_notice").channel == "desk"
    assert names(claim(store)) == ["desk"]


def test_a_lost_lease_says_nothing_of_the_channel(store):
    tell(store, hook=NOON)
    (job,) = claim(store)
    store.release_leases()
    failing = ChannelDecision(ChannelState("hook", 9))
    assert store.settle_delivery(job, again(NOON), lambda state: failing) is None
    assert by_name(store)["hook"].failures == 0


def test_a_disabled_channel_is_enabled_with_what_waits_due_at_once(store):
    tell(store, hook=NOON)
    (job,) = claim(store)
    store.settle_delivery(job, again(NOON + DAY))
    assert store.disable_channel("hook", "ana", NOON)
    assert not store.disable_channel("hook", "ana", NOON)
    assert by_name(store)["hook"].state == "disabled"
    assert store.enable_channel("hook", "ana", NOON + HOUR)
    assert by_name(store)["hook"] == ChannelState("hook")
    assert names(claim(store, NOON + HOUR)) == ["hook"]
    assert not store.enable_channel("nobody", "ana", NOON)


def test_a_dead_delivery_is_tried_again_and_a_delivered_one_only_as_a_replay(store, reader):
    made = tell(store, hook=NOON, desk=NOON)
    ids_ = {one.channel: one.delivery for one in made.deliveries}
    for job in claim(store):
        store.settle_delivery(job, dead() if job.delivery.channel == "hook" else done())
    assert claim(store) == []
    assert store.deliver_again(ids_["hook"], NOON + 1, "ana", replay=False)
    assert not store.deliver_again(ids_["desk"], NOON + 1, "ana", replay=False)
    assert store.deliver_again(ids_["desk"], NOON + 1, "ana", replay=True)
    assert sorted(names(claim(store, NOON + 1, "again"))) == ["desk", "hook"]
    assert not store.deliver_again(ids_["desk"], NOON + 2, "ana", replay=True)  # under way
    assert {len(one.attempts) for one in reader.deliveries(limit=9).items} == {1}
    assert not store.deliver_again("d_none", NOON, "ana", replay=True)
