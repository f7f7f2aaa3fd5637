"""How long commands take to start, and what an idle daemon holds."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.harness import PYTHON, Figure, figure, ratios, wall

RUNS = 9
WATCHER = str(Path(PYTHON).with_name("watcher"))
LIBRARIES = "import httpx, feedparser, apscheduler.schedulers.asyncio, sqlite_utils, pydantic"


def figures() -> Iterator[Figure]:
    from watcher.store.sqlite.store import open_store

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "w.db"
        open_store(database).close()
        bare = [PYTHON, "-c", "pass"]
        commands = (
            ("watcher --version", ["--version"], 6.0),
            ("watcher status", ["status", "--db", str(database)], 15.0),
            ("watcher search", ["search", "x", "--db", str(database)], 20.0),
        )
        for title, args, bar in commands:
            held = ratios(lambda a=args: wall([WATCHER, *a]), lambda: wall(bare), RUNS)
            yield figure(title, "a bare interpreter", "wall", held, bar=bar)
        yield _idle(folder)


def _idle(folder: Path) -> Figure:
    """Resident memory after some idle seconds with 100 feeds, none of them due."""
    urls = "".join(f"  - http://127.0.0.1:9/{n}\n" for n in range(100))
    config = folder / "config.yaml"
    config.write_text(
        f"net: {{allow: [127.0.0.1], ports: [1-65535]}}\nfeeds:\n{urls}", encoding="utf-8"
    )
    subprocess.run([WATCHER, "once", "-c", str(config)], check=False, capture_output=True)
    daemon = subprocess.Popen(
        [WATCHER, "run", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peer = subprocess.Popen([PYTHON, "-c", f"{LIBRARIES}\nimport time\ntime.sleep(60)"])
    try:
        time.sleep(5)
        ratio = _resident(daemon.pid) / _resident(peer.pid)
    finally:
        daemon.send_signal(signal.SIGTERM)
        peer.kill()
        daemon.wait()
        peer.wait()
    return Figure("idle daemon, 100 feeds", "its libraries alone", "resident", ratio, 2.0, False, 1)


def _resident(pid: int) -> int:
    """kB of the process and its children."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
            )
        except OSError:
            continue
        if int(facts["Pid"]) == pid or int(facts["PPid"]) == pid:
            total += int(facts.get("VmRSS", "0 kB").split()[0])
    return total
