"""The daemon: from its start to `ready`, and what it holds when idle, its workers counted."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from bench.harness import PYTHON, WATCHER, Figure, pairs, spent
from bench.site import serving, write_config

RUNS = 7
FEEDS = 100
ITEMS = 5
IDLE = 10.0  # seconds after `ready`

# What `run` loads, as far as it is heavy.
LIBRARIES = (
    "import aiosmtplib, apscheduler.schedulers.asyncio, click, httpx, jinja2, lxml.html, pydantic,"
    " ruamel.yaml, sqlite_utils, structlog"
)
IDLER = "import time, httpx, feedparser, apscheduler.schedulers.asyncio\ntime.sleep(600)"


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, serving(FEEDS, ITEMS) as server:
        config = write_config(Path(name), server)
        with _running([PYTHON, "-c", IDLER]) as peer, _running(_run(config)) as daemon:
            _await_ready(daemon)
            time.sleep(IDLE)
            held = _resident(daemon.pid) / _resident(peer.pid)
        started = pairs(lambda: _ready(config), _bare, RUNS)
    yield Figure("daemon, start to ready", "its libraries imported", "wall", started, 3.0)
    peer_name = "httpx, feedparser, apscheduler"
    yield Figure("daemon, idle with 100 feeds", peer_name, "resident", [held], 5.0)


def _run(config: str) -> list[str]:
    return [WATCHER, "run", "-c", config]


def _ready(config: str) -> float:
    start = time.perf_counter()
    with _running(_run(config)) as daemon:
        _await_ready(daemon)
        return time.perf_counter() - start


def _bare() -> float:
    return spent([PYTHON, "-c", LIBRARIES]).wall


def _await_ready(daemon: subprocess.Popen[bytes]) -> None:
    assert daemon.stderr is not None
    if not any(line.strip() == b"ready" for line in daemon.stderr):
        raise RuntimeError("the daemon ended before it was ready")
    Thread(target=daemon.stderr.read).start()  # its log: a full pipe would stop it


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _resident(pid: int) -> int:
    """kB of the process and its children."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text().splitlines()
        except OSError:
            continue
        facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        if pid in {int(facts["Pid"]), int(facts["PPid"])}:
            total += int(facts.get("VmRSS", "0 kB").split()[0])
    return total
