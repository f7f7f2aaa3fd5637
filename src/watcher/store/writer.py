"""The one thread that the store lives on.

Making a transaction durable costs more than most transactions do, so calls that wait at the same
time share one (`Store.together`). Nobody is answered before that one is durable, and a call that
fails takes nothing of the others with it: what is promised is what each alone would promise.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from watcher.ports import Store

T = TypeVar("T")

TOGETHER = 64  # calls in one transaction, at most


@dataclass(frozen=True, slots=True)
class _Call:
    work: Callable[[Store], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class WriterThread:
    """The store is opened, called and closed on its thread, which begins with the first call."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open_store = open_store
        self._store: Store | None = None
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closing_failed: BaseException | None = None

    async def run(self, call: Callable[[Store], T]) -> T:
        """What `call` returns or raises. It may be made twice, where a transaction that it shared
        came to nothing: the first time then left no trace in the store."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._calls.put(_Call(call, loop, answer))
        return await answer

    def close(self) -> None:
        """Lets the calls in hand finish, closes the store, ends the thread."""
        if self._thread is None:
            return
        self._calls.put(None)
        self._thread.join()
        self._thread = None
        if self._closing_failed is not None:
            raise self._closing_failed

    def _run(self) -> None:
        going = True
        while going:
            calls, going = self._waiting()
            _tell(calls, self._made(calls))
        try:
            if self._store is not None:
                self._store.close()
        except BaseException as error:
            self._closing_failed = error

    def _waiting(self) -> tuple[list[_Call], bool]:
        """The calls that wait, at least one, and whether more may come."""
        calls: list[_Call] = []
        try:
            one = self._calls.get()
            while one is not None:
                calls.append(one)
                if len(calls) == TOGETHER:
                    return calls, True
                one = self._calls.get_nowait()
        except Empty:
            return calls, True
        return calls, False

    def _made(self, calls: list[_Call]) -> list[_Outcome]:
        began = False
        if len(calls) > 1 and self._store is not None:
            try:
                with self._store.together():
                    began = True
                    return [self._outcome(call) for call in calls]
            except Exception as error:
                if not began:  # a busy database is busy for all: each would wait as long again
                    return [_Outcome(error=error) for _ in calls]
                # Nothing of it is stored: each has its own try, and its own error.
        return [self._outcome(call) for call in calls]

    def _outcome(self, call: _Call) -> _Outcome:
        if call.answer.cancelled():
            return _Outcome()
        try:
            if self._store is None:
                self._store = self._open_store()
            return _Outcome(call.work(self._store))
        except BaseException as error:
            return _Outcome(error=error)


def _tell(calls: list[_Call], outcomes: list[_Outcome]) -> None:
    """Answers all calls of a loop at one go."""
    for loop in {call.loop for call in calls}:
        told = [pair for pair in zip(calls, outcomes, strict=True) if pair[0].loop is loop]
        try:
            loop.call_soon_threadsafe(_answer, told)
        except RuntimeError:
            continue  # the loop has closed: nobody waits any more


def _answer(told: list[tuple[_Call, _Outcome]]) -> None:
    for call, outcome in told:
        if call.answer.done():
            continue
        if outcome.error is not None:
            call.answer.set_exception(outcome.error)
        else:
            call.answer.set_result(outcome.value)
