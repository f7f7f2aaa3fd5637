"""Killable processes: real ones, with jobs from the standard library as the bad readers."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from watcher.feeds.parse import BOUNDED
from watcher.model.feed import ParsedFeed, ParseFailed
from watcher.model.when import SECOND
from watcher.workers.pool import FEED_TARGET, TEXT_TARGET, Broken, ProcessParsers

FEED = b'<rss version="2.0"><channel><title>t</title><item><guid>1</guid></item></channel></rss>'
URL = "https://a.example/feed"
SHORT = SECOND // 2


@pytest.fixture(autouse=True)
def _workers_do_not_load_pytest(monkeypatch):
    """anyio's workers load the parent's main module, which takes most of a short test's time."""
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)


def in_pool(scenario, **settings):
    """Runs `scenario(parsers)` in an event loop of its own, whose processes end with it."""

    async def main():
        async with ProcessParsers(**settings) as parsers:
            return await scenario(parsers)

    return anyio.run(main)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def gone(pid, seconds=5.0):
    with anyio.move_on_after(seconds):
        while alive(pid):
            await anyio.sleep(0.02)
        return True
    return False


def item(description):
    return FEED.replace(b"</guid>", b"</guid><description>" + description + b"</description>")


@pytest.mark.parametrize(
    ("body", "jobs", "text"),
    [
        (FEED, [], ""),
        (item(b"&lt;p&gt;The ferry is late."), [], "The ferry is late."),
        (item(b"&lt;p a='&gt;'&gt;It came."), [TEXT_TARGET], "It came."),
        (FEED + b" " * BOUNDED, [FEED_TARGET], ""),
        (FEED.replace(b"</rss>", b""), [FEED_TARGET], ""),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1"}]}', [], ""),
    ],
    ids=["plain", "markup", "odd markup", "large", "broken", "JSON"],
)
def test_a_worker_is_asked_for_what_our_own_reader_does_not_take(body, jobs, text, monkeypatch):
    asked = []
    run = ProcessParsers.run

    async def noted(self, target, args, deadline):
        asked.append(target)
        return await run(self, target, args, deadline)

    monkeypatch.setattr(ProcessParsers, "run", noted)
    feed = in_pool(lambda parsers: parsers.parse_feed(body, URL, {}))
    assert isinstance(feed, ParsedFeed)
    assert [(entry.id, entry.text) for entry in feed.entries] == [("1", text)]
    assert asked == jobs


def test_where_our_own_reader_breaks_a_worker_is_asked(monkeypatch):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr("watcher.workers.pool.parse_bounded", broken)
    feed = in_pool(lambda parsers: parsers.parse_feed(FEED, URL, {}))
    assert isinstance(feed, ParsedFeed)


def test_a_job_runs_in_another_process():
    assert in_pool(lambda parsers: parsers.run("os:getpid", (), SHORT)) != os.getpid()


@pytest.mark.parametrize(
    ("target", "args"),
    [("time:sleep", (60,)), ("builtins:pow", (3, 10**9))],
    ids=["waiting", "deep in C"],
)
def test_a_job_that_hangs_is_killed_and_the_next_one_works(target, args):
    async def scenario(parsers):
        before = await parsers.run("os:getpid", (), SHORT)
        started = anyio.current_time()
        hung = await parsers.run(target, args, SHORT)
        took = anyio.current_time() - started
        return before, hung, took, await parsers.run("os:getpid", (), SHORT), await gone(before)

    before, hung, took, after, ended = in_pool(scenario, processes=1)
    assert isinstance(hung, Broken)
    assert (hung.code, "0.5 s" in hung.message) == ("WTC-WORK-001", True)
    assert 0.4 < took < 2
    assert isinstance(after, int)
    assert after != before
    assert ended


@pytest.mark.parametrize(
    ("target", "args", "code"),
    [
        ("os:abort", (), "WTC-WORK-002"),
        ("os:_exit", (0,), "WTC-WORK-002"),
        ("builtins:bytearray", (1 << 30,), "WTC-WORK-003"),
        ("builtins:int", ("x",), "WTC-WORK-004"),
        ("sys:exit", (0,), "WTC-WORK-004"),
        ("no_such_module:f", (), "WTC-WORK-004"),
    ],
)
def test_a_job_that_breaks_its_worker_is_a_value_and_the_next_one_works(target, args, code):
    async def scenario(parsers):
        return await parsers.run(target, args, SHORT), await parsers.run(
            "builtins:len", ("ab",), SHORT
        )

    broken, after = in_pool(scenario, memory=256 << 20)
    assert isinstance(broken, Broken)
    assert (broken.code, after) == (code, 2)


def test_an_answer_too_big_for_the_memory_limit_is_a_value():
    async def scenario(parsers):
        return await parsers.run("builtins:bytes", (200 << 20,), 5 * SECOND)

    broken = in_pool(scenario, memory=256 << 20)
    assert isinstance(broken, Broken)
    assert broken.code == "WTC-WORK-003"


def test_a_feed_that_stalls_its_reader_fails_with_a_code_and_a_hint():
    stalling = (
        b"<rss>&<channel><item><author>" + b"a" * 200_000 + b"@</author></item></channel></rss>"
    )

    async def scenario(parsers):
        failed = await parsers.parse_feed(stalling, URL, {})
        return failed, await parsers.parse_feed(FEED, URL, {})

    failed, after = in_pool(scenario, feed_deadline=SECOND)
    assert isinstance(failed, ParseFailed)
    assert (failed.code, bool(failed.hint)) == ("WTC-WORK-001", True)
    assert isinstance(after, ParsedFeed)


def test_waiting_for_a_turn_does_not_count():
    async def scenario(parsers):
        done = []

        async def nap():
            done.append(await parsers.run("time:sleep", (0.3,), SHORT))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(nap)
        return done

    assert in_pool(scenario, processes=1) == [None] * 4


def test_jobs_run_side_by_side_and_get_their_own_answers():
    async def scenario(parsers):
        answers = {}

        async def measure(n):
            answers[n] = await parsers.run("builtins:len", ("x" * n,), SECOND)

        async with anyio.create_task_group() as group:
            for n in range(30):
                group.start_soon(measure, n)
        return answers

    assert in_pool(scenario) == {n: n for n in range(30)}


def test_the_parents_signals_leave_a_worker_alone():
    async def scenario(parsers):
        pid = await parsers.run("os:getpid", (), SHORT)
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)
        await anyio.sleep(0.1)
        return pid, [await parsers.run("os:getpid", (), SHORT) for _ in range(3)]

    pid, later = in_pool(scenario, processes=1)
    assert later == [pid] * 3


def test_a_worker_whose_answers_lag_is_never_believed():
    async def scenario(parsers):
        from anyio import to_process

        stray = await to_process.run_sync(os.getpid)  # an unprepared worker: it minds SIGINT
        os.kill(stray, signal.SIGINT)
        await anyio.sleep(0.1)
        return [await parsers.run("builtins:len", ("x" * n,), SHORT) for n in range(4)]

    assert in_pool(scenario, processes=1) == [0, 1, 2, 3]


def test_a_worker_that_died_while_idle_is_replaced():
    async def scenario(parsers):
        pid = await parsers.run("os:getpid", (), SHORT)
        os.kill(pid, signal.SIGKILL)
        return pid, await parsers.run("os:getpid", (), SHORT)

    pid, after = in_pool(scenario, processes=1)
    assert isinstance(after, int)
    assert after != pid


def test_cancelling_a_caller_kills_its_job():
    async def scenario(parsers):
        pid = await parsers.run("os:getpid", (), SHORT)
        with anyio.move_on_after(0.1):
            await parsers.run("time:sleep", (60,), 30 * SECOND)
        return await gone(pid), await parsers.run("builtins:len", ("ab",), SHORT)

    assert in_pool(scenario, processes=1) == (True, 2)


def test_a_worker_holds_none_of_its_parents_files(tmp_path):
    held = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(held, True)

    async def scenario(parsers):
        pid = await parsers.run("os:getpid", (), SHORT)
        return [os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()]

    try:
        assert all(name.startswith(("pipe:", "/dev/null")) for name in in_pool(scenario))
    finally:
        os.close(held)


PARENT = """
import anyio, sys
from watcher.workers.pool import ProcessParsers
async def main():
    async with ProcessParsers() as parsers:
        print(await parsers.run("os:getpid", (), 1_000_000), flush=True)
        await parsers.run({job})
if __name__ == "__main__":
    anyio.run(main)
"""


def orphaned(tmp_path, job, stop):
    """Starts a parent whose worker is at `job`, ends the parent with `stop`; the worker's pid,
    and what came on standard error."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(job=job))
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.send_signal(stop)
        assert parent.stderr
        return pid, parent.stderr.read()


def test_a_worker_ends_when_its_parent_was_killed(tmp_path):
    pid, noise = orphaned(tmp_path, '"time:sleep", (0.2,), 60_000_000', signal.SIGKILL)
    assert anyio.run(gone, pid)
    assert noise == ""


def test_an_orphan_that_hangs_ends_at_its_deadline(tmp_path):
    pid, _ = orphaned(tmp_path, '"builtins:pow", (3, 10**9), 500_000', signal.SIGKILL)
    assert anyio.run(gone, pid)


def test_a_dead_worker_leaves_no_warnings(recwarn, capfd):
    async def scenario(parsers):
        await parsers.run("time:sleep", (60,), SHORT)
        await parsers.run("os:abort", (), SHORT)

    in_pool(scenario, processes=1)
    gc.collect()
    assert [str(w.message) for w in recwarn if w.category is ResourceWarning] == []
    assert capfd.readouterr().err == ""
