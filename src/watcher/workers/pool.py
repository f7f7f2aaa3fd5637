"""The parsers of feeds and pages in killable processes (`ports.Parsers`).

Feeds of up to a megabyte are first given to our own readers in a thread of this process: they go
through a body once, whatever it holds, and take a fraction of a second for the worst
(`tests/support/hostile.py`). What they decline, and markup that needs a C library, is for a worker.

The processes are anyio's. Three things are added to them. A job's deadline is kept by the worker
itself (an alarm that the kernel enforces), so that neither waiting for a turn nor starting a
process counts, and an orphan cannot spin on; the parent's own, longer deadline stands behind it.
A reply carries its job's number: a signal that hits a process while it starts makes anyio's
protocol lag by one answer. And a job whose worker was lost before the deadline is tried again,
since idle workers end by themselves at any moment.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pickle import UnpicklingError
from types import TracebackType
from typing import Any, Self

import anyio
from anyio import (
    BrokenWorkerProcess,
    CapacityLimiter,
    current_time,
    fail_after,
    to_process,
    to_thread,
)

from watcher.feeds.parse import BOUNDED, parse_bounded, textless, with_texts
from watcher.feeds.strict import Declined
from watcher.model.article import ExtractFailed, Extraction, Recipe
from watcher.model.feed import PageRecipe, ParsedFeed, ParseFailed
from watcher.model.source import Candidate
from watcher.model.when import SECOND, Micros
from watcher.workers.serve import Job, Raised, Reply, serve

FEED_TARGET = "watcher.feeds.parse:parse_whole"
TEXT_TARGET = "watcher.feeds.plain:entry_texts"
LIST_TARGET = "watcher.feeds.listing:read_listing"
LINKS_TARGET = "watcher.feeds.discover:page_feeds"
PAGE_TARGET = "watcher.articles.extract:extract"
START_GRACE = 20.0  # seconds for starting a process and importing the readers
TRIES = 5  # with a lost worker's successors, unless the deadline's time is spent first

_HINT = "The other feeds and pages go on; it is tried again later."


class Broken:
    """Why a job has no result: a stable code and a sentence."""

    __slots__ = ("code", "message")

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message


class ProcessParsers:
    """Implements `ports.Parsers`. Deadlines in microseconds, `memory` in bytes that one job may
    need beyond the loaded readers. At most `processes` jobs run at once; others wait their turn,
    which no deadline counts. Use it as an async context manager."""

    def __init__(
        self,
        feed_deadline: Micros = 3 * SECOND,
        page_deadline: Micros = 5 * SECOND,
        memory: int = 1 << 30,
        processes: int = 2,
    ) -> None:
        self._feed_deadline = feed_deadline
        self._page_deadline = page_deadline
        self._memory = memory
        self._processes = processes
        self._serials = count(1)

    async def __aenter__(self) -> Self:
        logging.getLogger("asyncio").addFilter(_told_by_us)  # adding it again changes nothing
        self._turns = anyio.Semaphore(self._processes)
        self._limiter = CapacityLimiter(self._processes)
        self._readers = CapacityLimiter(1)  # more threads would only take turns
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The processes end with the event loop, or when idle."""

    async def parse_feed(
        self, body: bytes, url: str, headers: Mapping[str, str], page: PageRecipe | None = None
    ) -> ParsedFeed | ParseFailed:
        """`watcher.feeds.parse.parse_whole`, of a list page `feeds.listing.read_listing`; a
        worker's failure is a `ParseFailed`."""
        if page is not None:
            args = (body, url, dict(headers), page)
            return _or_failed(await self.run(LIST_TARGET, args, self._page_deadline), "the page")
        read = await self._parse_here(body, url, headers) if len(body) <= BOUNDED else None
        if read is not None:
            return read
        done = await self.run(FEED_TARGET, (body, url, dict(headers)), self._feed_deadline)
        return _or_failed(done, "the feed")

    async def _parse_here(
        self, body: bytes, url: str, headers: Mapping[str, str]
    ) -> ParsedFeed | ParseFailed | None:
        """What our own readers make of it, or None: then a worker is to read it."""
        try:
            read = await to_thread.run_sync(
                parse_bounded, body, url, headers, limiter=self._readers
            )
        except Exception:  # the worker breaks on it too, and says so
            return None
        if isinstance(read, Declined):
            return None
        rest = textless(read) if isinstance(read, ParsedFeed) else ()
        if not rest or isinstance(read, ParseFailed):
            return read
        texts = await self.run(TEXT_TARGET, (rest,), self._feed_deadline)
        return None if isinstance(texts, Broken) else with_texts(read, texts)

    async def page_feeds(
        self, body: bytes, url: str, headers: Mapping[str, str]
    ) -> tuple[Candidate, ...] | ParseFailed:
        """`watcher.feeds.discover.page_feeds` in a worker, failures as `ParseFailed`."""
        done = await self.run(LINKS_TARGET, (body, url, dict(headers)), self._page_deadline)
        if isinstance(done, Broken):
            return ParseFailed(done.code, f"reading the page {done.message}", _HINT)
        result: tuple[Candidate, ...] = done
        return result

    async def extract(
        self,
        body: bytes,
        url: str,
        headers: Mapping[str, str],
        fetched_at: Micros,
        recipe: Recipe | None = None,
    ) -> Extraction | ExtractFailed:
        """`watcher.articles.extract.extract` in a worker, failures as `ExtractFailed`."""
        args = (body, url, dict(headers), fetched_at, recipe)
        done = await self.run(PAGE_TARGET, args, self._page_deadline)
        if isinstance(done, Broken):
            return ExtractFailed(done.code, f"reading the page {done.message}", _HINT)
        result: Extraction | ExtractFailed = done
        return result

    async def run(self, target: str, args: tuple[Any, ...], deadline: Micros) -> Any:
        """What `target` (`module:function`) returns for `args`, or `Broken`. Never raises for what
        the job does."""
        async with self._turns:
            began = current_time()
            for tries in range(TRIES):
                if tries and current_time() - began >= deadline / SECOND:
                    break
                job = Job(next(self._serials), target, args, deadline / SECOND, self._memory)
                value = await self._once(job)
                if value is not None:
                    return value.value if isinstance(value, Reply) else value
        return Broken("WTC-WORK-002", "ended its process")

    async def _once(self, job: Job) -> Reply | Broken | None:
        """One try. None: the worker was lost before its deadline, another may do."""
        started = current_time()
        try:
            with fail_after(job.deadline + START_GRACE):
                reply = await to_process.run_sync(
                    serve, job, cancellable=True, limiter=self._limiter
                )
        except TimeoutError:
            return _late(job)
        except BrokenWorkerProcess:
            return _late(job) if current_time() - started >= job.deadline else None
        except MemoryError:
            return Broken("WTC-WORK-003", "gave more than the memory limit allows")
        except (KeyboardInterrupt, EOFError, UnpicklingError):  # hit the worker while it started
            return None
        return _checked(job, reply)


def _told_by_us(record: logging.LogRecord) -> bool:
    """Drops asyncio's remark on a child that ended by itself: we report that as a value."""
    return "will report returncode 255" not in str(record.msg)


def _checked(job: Job, reply: Reply) -> Reply | Broken | None:
    if reply.serial != job.serial:  # this worker's answers lag: it must never answer again
        with suppress(ProcessLookupError):
            os.kill(reply.pid, signal.SIGKILL)
        return None
    if isinstance(reply.value, Raised):
        if reply.value.name == "MemoryError":
            return Broken("WTC-WORK-003", f"went over the memory limit: {reply.value.text}")
        return Broken("WTC-WORK-004", f"failed ({reply.value.name}: {reply.value.text})")
    return reply


def _late(job: Job) -> Broken:
    return Broken("WTC-WORK-001", f"took longer than {job.deadline:g} s and was ended")


def _or_failed(done: Any, what: str) -> ParsedFeed | ParseFailed:
    if isinstance(done, Broken):
        return ParseFailed(done.code, f"reading {what} {done.message}", _HINT)
    read: ParsedFeed | ParseFailed = done
    return read
