"""Other feed readers, as their users leave them running: started every hour, at their defaults.

`reader` and `rss2email` are served by `peer_worker.py` in a Python that has them (`WATCHER_PEERS`,
the path of an interpreter); newsboat is run as `newsboat -x reload`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.conformance.drivers.base import (
    Ability,
    Article,
    Driver,
    Hang,
    Item,
    NotApplicable,
    Refreshed,
    Wanted,
    peak,
)
from tests.conformance.server import HOUR, SECOND, World

PATIENCE = 90.0  # seconds of a single run, before it hangs
PYTHON = os.environ.get("WATCHER_PEERS", "")
WORKER = Path(__file__).with_name("peer_worker.py")


class Hourly:
    """Time moves from hour to hour since the first run; at each the reader is run to its end."""

    name = "none"
    version = "0"
    can: frozenset[Ability] = frozenset()
    start_up = 2.0

    def start(self, world: World, folder: Path, wanted: Wanted) -> None:
        self._world, self._folder, self._wanted = world, folder, wanted
        self._next = world.clock.at
        self._open()

    def run(self, until: int, enough: Callable[[], bool] | None = None) -> None:
        clock = self._world.clock
        while self._next <= until and not (enough and enough()):
            clock.at = max(clock.at, self._next)
            self._once()
            self._next = clock.at + HOUR
        if not (enough and enough()):
            clock.at = max(clock.at, until)

    def restart(self) -> None:
        self.stop()
        self._open()

    def _open(self) -> None: ...

    def _once(self) -> None:
        raise NotImplementedError

    def stop(self) -> None: ...

    def _missing(self) -> NotApplicable:
        return NotApplicable("its user cannot ask that")

    def refresh(self, url: str, *, force: bool = False) -> Refreshed:
        raise self._missing()

    def why(self, url: str) -> str:
        raise self._missing()

    def state(self, url: str) -> str:
        raise self._missing()

    def fetched_at(self, url: str) -> str:
        raise self._missing()

    def revive(self, url: str, *, original: bool = False) -> None:
        raise self._missing()

    def changes(self, url: str) -> int:
        raise self._missing()

    def step_clock(self, by: int) -> None:
        raise self._missing()

    def article(self, url: str) -> Article:
        raise self._missing()

    def discover(self, url: str) -> list[str]:
        raise self._missing()


class Served(Hourly):
    """One in a Python of its own, which stays up between the hours."""

    start_up = 3.0

    def _open(self) -> None:
        trusted = str(self._world.trusted) if self._world.trusted else None
        env = dict(os.environ, HOME=str(self._folder))
        if trusted:
            env |= {"SSL_CERT_FILE": trusted, "REQUESTS_CA_BUNDLE": trusted}
        self._errors = (self._folder / "peer.log").open("ab")
        self._process = subprocess.Popen(
            [PYTHON, str(WORKER), self.name, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=env,
        )
        self._reply()

    def subscribe(self, *urls: str) -> None:
        self._ask("subscribe", urls=list(urls))

    def entries(self) -> Sequence[Item]:
        return [Item(**one) for one in self._ask("entries")]

    def memory(self) -> int:
        return peak(self._process.pid)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _once(self) -> None:
        self._ask("run", now=self._world.clock.at)

    def _ask(self, do: str, **asked: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **asked}).encode() + b"\n")
        self._process.stdin.flush()
        reply = self._reply()
        if "error" in reply and do != "run":  # what a run cannot do it does at another time
            raise RuntimeError(f"{self.name} could not {do}: {reply['error']}")
        return reply.get("done")

    def _reply(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        if not ready:
            self._process.kill()
            raise Hang(f"it did not end within {PATIENCE:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("it ended on what came")
        reply: dict[str, Any] = json.loads(line)
        return reply


class Reader(Served):
    name = "reader"
    can: frozenset[Ability] = frozenset(("refresh", "texts", "dates"))

    def refresh(self, url: str, *, force: bool = False) -> Refreshed:
        self._ask("refresh", url=url, now=self._world.clock.at)
        return Refreshed(True)


class Rss2email(Served):
    name = "rss2email"
    can: frozenset[Ability] = frozenset(("authority",))


class Newsboat(Hourly):
    name = "newsboat"
    can: frozenset[Ability] = frozenset(("texts", "dates"))

    def _open(self) -> None:
        self._peak = 0
        (self._folder / "config").touch()

    def subscribe(self, *urls: str) -> None:
        with (self._folder / "urls").open("a", encoding="utf-8") as out:
            out.writelines(f"{url}\n" for url in urls)

    def _once(self) -> None:
        paths = {"-u": "urls", "-c": "cache.db", "-C": "config"}
        args = [part for flag, name in paths.items() for part in (flag, str(self._folder / name))]
        process = subprocess.Popen(
            ["newsboat", *args, "-x", "reload"],
            env=dict(os.environ, HOME=str(self._folder), TERM="dumb", LC_ALL="C.UTF-8"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        late = threading.Timer(PATIENCE, process.kill)
        late.start()
        _, status, used = os.wait4(process.pid, 0)
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        self._peak = max(self._peak, used.ru_maxrss * 1024)
        if process.returncode == -signal.SIGKILL:
            raise Hang(f"it did not end within {PATIENCE:.0f} s")

    def entries(self) -> Sequence[Item]:
        path = self._folder / "cache.db"
        if not path.exists():
            return []
        query = "SELECT feedurl, guid, title, url, content, pubDate FROM rss_item ORDER BY id"
        with closing(sqlite3.connect(path)) as db:
            rows = db.execute(query).fetchall()
        return [Item(*row[:5], published=row[5] * SECOND) for row in rows]

    def memory(self) -> int:
        held, self._peak = self._peak, 0
        return held


def present() -> list[Callable[[], Driver]]:
    """The peers that this machine has, with their versions."""
    found: list[Any] = []
    for peer in (Reader, Rss2email):
        version = _version_of(peer.name)
        if version:
            found.append(type(peer.__name__, (peer,), {"version": version}))
    if shutil.which("newsboat"):
        said = subprocess.run(["newsboat", "-v"], capture_output=True, text=True, check=False)
        number = re.search(r"\d+\.\d+(?:\.\d+)?", said.stdout)
        found.append(type("Newsboat", (Newsboat,), {"version": number[0] if number else "?"}))
    return found


def _version_of(name: str) -> str | None:
    if not PYTHON:
        return None
    code = f"from importlib.metadata import version; print(version({name!r}))"
    said = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return said.stdout.strip() or None
