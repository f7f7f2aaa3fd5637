"""What a worker does to itself before it touches untrusted bytes."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

_STATM = Path("/proc/self/statm")


def detach() -> None:
    """Leaves the parent's signals to the parent: a Ctrl-C or a service manager's SIGTERM reaches
    the whole group, but the parent finishes what is in hand and ends its workers by closing their
    input. What C libraries print goes nowhere, since nobody reads the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)


def confine(memory: int) -> None:
    """Lets the address space grow by at most `memory` bytes from what it is now. Relative, since
    an interpreter with its libraries already spans very different sizes. Does nothing where the
    system does not tell the present size."""
    try:
        pages = int(_STATM.read_bytes().split()[0])
    except OSError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + memory
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def end_after(seconds: float) -> None:
    """Has the kernel end this process after `seconds`, whatever code it is in by then."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
