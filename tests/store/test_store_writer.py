"""Calls that wait at the same time share a transaction, and each is promised what it was alone."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from watcher.errors import StoreError
from watcher.model.feed import FeedSpec
from watcher.store.sqlite.store import open_store
from watcher.store.writer import WriterThread

NOW = 1_790_000_000_000_000


def spec(number: int) -> FeedSpec:
    return FeedSpec(f"f{number}", f"https://h{number}.example/feed")


def claims(number: int):
    return lambda store: [job.state.spec.feed for job in store.claim_feeds(NOW, NOW + 1, number, 1)]


def in_one_run(path, calls):
    """Hands all calls over at once; gives what each returned or raised."""

    async def go():
        writer = WriterThread(lambda: open_store(path))
        await writer.run(lambda store: store.sync_feeds([spec(n) for n in range(5)], NOW))
        try:
            return await asyncio.gather(*map(writer.run, calls), return_exceptions=True)
        finally:
            writer.close()

    return asyncio.run(go())


def leases(path):
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT feed, lease_token FROM feed WHERE lease_token IS NOT NULL"))


def test_calls_that_wait_together_are_made_in_order_in_one_transaction(tmp_path):
    path, seen = tmp_path / "w.db", []

    def spy(store):
        seen.append((store._db.in_transaction, leases(path)))

    answers = in_one_run(path, [*(claims(str(n)) for n in range(4)), spy])
    assert answers[:4] == [["f0"], ["f1"], ["f2"], ["f3"]]
    assert leases(path) == {f"f{n}": str(n) for n in range(4)}
    inside, others_saw = seen[0]
    assert inside
    assert others_saw == {}


def test_nobody_is_answered_before_all_is_durable(tmp_path):
    path = tmp_path / "w.db"

    async def go():
        writer = WriterThread(lambda: open_store(path))
        await writer.run(lambda store: store.sync_feeds([spec(n) for n in range(5)], NOW))

        async def one(number):
            (feed,) = await writer.run(claims(str(number)))
            return feed in leases(path)

        try:
            return await asyncio.gather(*map(one, range(5)))
        finally:
            writer.close()

    assert asyncio.run(go()) == [True] * 5


def test_a_call_that_fails_takes_nothing_of_the_others_with_it(tmp_path):
    path = tmp_path / "w.db"

    def breaks(store):
        with store._writing(NOW) as db:
            db.execute("UPDATE feed SET lease_token = 'half'")
            raise ValueError("half-way")

    first, broken, last = in_one_run(path, [claims("a"), breaks, claims("b")])
    assert (first, last) == (["f0"], ["f1"])
    assert isinstance(broken, ValueError)
    assert leases(path) == {"f0": "a", "f1": "b"}


def test_a_shared_transaction_that_is_lost_is_made_good_call_by_call(tmp_path):
    path, tries = tmp_path / "w.db", []

    def loses(store):
        tries.append(store._db.in_transaction)
        if len(tries) == 1:
            store._db.execute("ROLLBACK")  # as SQLite does where its disk is full
            store.claim_feeds(NOW, NOW + 1, "never", 1)
        return "done"

    assert in_one_run(path, [claims("a"), loses, claims("b")]) == [["f0"], "done", ["f1"]]
    assert tries == [True, False]
    assert leases(path) == {"f0": "a", "f1": "b"}


def test_what_cannot_be_stored_together_is_said_and_leaves_nothing(tmp_path):
    path = tmp_path / "w.db"
    with closing(open_store(path)) as store:
        store.sync_feeds([spec(0)], NOW)

        def lost():
            with store.together():
                store.claim_feeds(NOW, NOW + 1, "a", 1)
                store._db.execute("ROLLBACK")

        with pytest.raises(StoreError, match="could not be written"):
            lost()
        assert leases(path) == {}
        store.claim_feeds(NOW, NOW + 1, "b", 1)
    assert leases(path) == {"f0": "b"}


def test_the_last_moment_of_calls_that_were_stored_together_is_known_and_of_those_that_failed_not(
    tmp_path,
):
    path = tmp_path / "w.db"

    def at(moment, error=None):
        def call(store):
            with store._writing(moment):
                if error:
                    raise error

        return call

    in_one_run(path, [at(NOW + 2), at(NOW + 1), at(NOW + 3, ValueError("no")), claims("a")])
    with closing(open_store(path)) as store:
        assert store.last_time() == NOW + 2


def test_a_busy_database_is_waited_for_once_and_all_that_wait_hear_of_it(tmp_path):
    path, made = tmp_path / "w.db", []
    started, gate = threading.Event(), threading.Event()

    def first(store):
        store._db.execute("PRAGMA busy_timeout=10")
        started.set()
        gate.wait()  # until the others wait together

    async def go():
        writer = WriterThread(lambda: open_store(path))
        await writer.run(lambda store: store.sync_feeds([spec(0)], NOW))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            alone = asyncio.ensure_future(writer.run(first))
            await asyncio.to_thread(started.wait)
            calls = [lambda store, n=n: made.append(n) for n in range(3)]
            answers = asyncio.gather(*map(writer.run, calls), return_exceptions=True)
            await asyncio.sleep(0)
            gate.set()
            try:
                return [await alone, *await answers]
            finally:
                other.execute("ROLLBACK")
                writer.close()

    alone, *together = asyncio.run(go())
    assert alone is None
    assert [one.code for one in together] == ["WTC-DB-009"] * 3
    assert made == []
