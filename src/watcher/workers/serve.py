"""The worker's side: runs one job after another, each under its deadline and the memory limit."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from watcher.workers import limits

IDLE = 300.0  # seconds after which an unused worker ends


@dataclass(frozen=True, slots=True)
class Job:
    """`target` is `module:function`; `deadline` in seconds counts from when the code is loaded;
    `memory` in bytes."""

    serial: int
    target: str
    args: tuple[Any, ...]
    deadline: float
    memory: int


@dataclass(frozen=True, slots=True)
class Raised:
    """The job raised: the exception's name and text, since not every exception can travel."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """`serial` is the job's, so that an answer is never taken for another job's."""

    serial: int
    pid: int
    value: Any


def serve(job: Job) -> Reply:
    """Runs `job` in this worker. The process ends itself at the deadline, so it does so even when
    its parent was killed; afterwards it lives on for `IDLE` seconds."""
    _detach_once()
    try:
        function = _load(job.target, job.memory)
        limits.end_after(job.deadline)
        value = function(*job.args)
    except MemoryError:
        value = Raised("MemoryError", f"more than {job.memory >> 20} MiB were needed")
    except BaseException as error:  # SystemExit too: it would end the worker
        value = Raised(type(error).__name__, str(error)[:300])
    limits.end_after(IDLE)
    return Reply(job.serial, os.getpid(), value)


@cache
def _detach_once() -> None:
    limits.detach()


@cache
def _load(target: str, memory: int) -> Callable[..., Any]:
    """Imports before the clock of the deadline starts, and sets the memory limit anew, since what
    was imported is not the job's doing."""
    module, _, name = target.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    limits.confine(memory)
    return function
