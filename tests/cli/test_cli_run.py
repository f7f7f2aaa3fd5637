"""`run` as a real process: ready, at work, asked, stopped; and the commands beside it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.support import Cli, write
from tests.support.site import Reply, Site

from watcher.daemon.client import ask

PATIENCE = 60  # seconds for anything to happen: far more than it takes


RUN = """
import sys
from watcher.cli.main import main
from watcher.daemon import service
service.DRAIN_SECONDS = float(sys.argv[1])
main(sys.argv[2:])
"""


class Daemon:
    """`watcher run` in a folder, its standard error read line by line. `drain`: how many seconds it
    waits for what is in hand."""

    def __init__(self, folder: Path, *args: str, drain: float = 10) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(drain), "run", *args],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, wanted: Callable[[str], bool]) -> str:
        """The next line that is `wanted`."""
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.said.append(line)
            if wanted(line):
                return line
        raise AssertionError(f"it ended: {self.said}")

    def ready(self) -> Daemon:
        self.until(lambda line: line == "ready")
        return self

    def event(self, name: str) -> dict:
        """The next log event of that name."""
        return json.loads(self.until(lambda line: f'"event": "{name}"' in line))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    with contextlib.ExitStack() as stack:

        def run(*args: str, drain: float = 10) -> Daemon:
            daemon = Daemon(tmp_path, *args, drain=drain)
            stack.callback(daemon.process.wait)
            stack.callback(daemon.process.kill)
            return daemon

        yield run


@pytest.fixture
def news(site: Site) -> Site:
    item = f"<item><title>Ferry late</title><link>{site.url('/1')}</link></item>"
    site.routes = {
        "/feed": Reply(
            f'<rss version="2.0"><channel><title>Harbour</title>{item}</channel></rss>',
            type="application/rss+xml",
        ),
        "/1": "<html><body><article><h1>Ferry late</h1>"
        + "<p>It left at noon and came back at night, said the harbour office.</p>" * 8
        + "</article></body></html>",
    }
    return site


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_daemon_with_its_status_and_frees_the_database(
    start, cli, config, number, status
):
    daemon = start().ready()
    assert daemon.process.poll() is None
    assert daemon.end(number) == status
    assert daemon.process.stdout.read() == ""
    assert not any("Traceback" in line for line in daemon.said)
    assert cli("status", "--json").json["daemon"]["running"] is False
    assert cli("once").status == 0


def test_ssrf_s12_nothing_listens_on_the_network(start, config):
    """The one way in is a socket in the database's folder, for its owner alone."""
    daemon = start().ready()
    pid = daemon.process.pid
    held = {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}
    listening = []
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if f"socket:[{rest[5]}]" in held and state in {"0A", "07"}:
                listening.append((name, local))
    assert listening == []
    daemon.end(signal.SIGTERM)


AT_READY = """
import os, signal, sys
from pathlib import Path
from watcher.config.load import load
from watcher.daemon.main import serve
from watcher.demo.play import Notes
sys.exit(serve(load(Path("config.yaml")), Notes(), lambda: [
    os.kill(os.getpid(), getattr(signal, name)) for name in sys.argv[1:]
]))
"""


@pytest.mark.parametrize(
    ("signals", "status"), [(["SIGTERM"], 143), (["SIGINT"], 130), (["SIGTERM", "SIGINT"], 143)]
)
def test_a_signal_at_the_very_moment_of_ready_is_met(config, tmp_path, signals, status):
    done = subprocess.run(
        [sys.executable, "-c", AT_READY, *signals], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (status, b"")


def test_status_says_that_it_runs_with_its_process_and_since_when(start, cli, config):
    daemon = start().ready()
    shown = cli("status", "--json").json["daemon"]
    assert (shown["running"], shown["pid"]) == (True, daemon.process.pid)
    assert shown["since"].endswith("Z")
    assert f"running (pid {daemon.process.pid}) since 20" in cli("status").out


def test_the_daemon_polls_reads_and_logs_as_json(start, cli, tmp_path, news):
    write(tmp_path / "config.yaml", news.url("/feed"))
    daemon = start()
    placed = daemon.event("place")
    assert placed["url"] == news.url("/1")
    (item,) = cli("search", "ferry", "--json").json["items"]
    assert item["article"] == placed["article"]
    assert daemon.end(signal.SIGTERM) == 143


def test_while_it_runs_once_and_a_second_daemon_end_with_75(start, cli, config):
    start().ready()
    once = cli("once")
    assert (once.status, once.code, once.out) == (75, "WTC-DB-075", "")
    assert "watcher status" in once.err
    assert cli("run").status == 75
    assert cli("status", "--json").json["daemon"]["running"] is True


def test_a_feed_that_is_added_reaches_the_running_daemon(start, cli, config, news):
    daemon = start().ready()
    result = cli("add", news.url("/feed"))
    assert (result.status, result.out) == (0, f"added: {news.url('/feed')}\n")
    assert "warning" not in result.err
    assert daemon.event("place")["url"] == news.url("/1")
    assert daemon.end(signal.SIGTERM) == 143


def test_a_site_that_is_added_as_seen_is_read_by_the_running_daemon_and_raises_nothing(
    start, cli, tmp_path, news
):
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    news.routes["/"] = f"<!doctype html><head>{link}</head>"
    topics = {"t": {"query": "ferry"}}
    write(tmp_path / "config.yaml", topics=topics, alerts={"backlog": "all"})
    daemon = start().ready()
    result = cli("add", news.url("/"), "--seen")
    assert (result.status, result.out) == (0, f"added: {news.url('/feed')}\n")
    assert daemon.event("place")["url"] == news.url("/1")
    assert daemon.end(signal.SIGTERM) == 143
    (alert,) = cli("alerts", "list", "--json").json["items"]
    assert (alert["decision"], alert["reason"][:23]) == ("suppressed", "backlog: it was there w")


def test_a_daemon_on_another_config_is_said_not_to_know_the_feed(
    start, cli: Cli, tmp_path: Path, news
):
    write(tmp_path / "one.yaml")
    write(tmp_path / "two.yaml")
    start("-c", "one.yaml").ready()
    result = cli("add", "-c", "two.yaml", news.url("/feed"))
    assert result.status == 0
    assert "the running daemon reads another config" in result.err
    assert news.url("/feed") in result.err


def test_what_is_in_hand_is_finished_before_the_end(start, cli, tmp_path, news):
    late = news.routes["/1"]
    asked = threading.Event()

    def slow(_seen) -> Reply:
        asked.set()
        return Reply(late, delay=1.0)

    news.routes["/1"] = slow
    write(tmp_path / "config.yaml", news.url("/feed"))
    daemon = start().ready()
    assert asked.wait(PATIENCE)
    assert daemon.end(signal.SIGTERM) == 143
    assert cli("search", "ferry", "--json").json["count"] == 1


@pytest.mark.parametrize(("drain", "signals"), [(0.1, 1), (10 * PATIENCE, 2)])
def test_what_never_ends_is_not_waited_for_beyond_the_drain_nor_beyond_a_second_signal(
    start, tmp_path, news, drain, signals
):
    asked = threading.Event()

    def never(_seen) -> Reply:
        asked.set()
        return Reply("", delay=10 * PATIENCE)

    news.routes["/1"] = never
    write(tmp_path / "config.yaml", news.url("/feed"), net={**NET, "deadline": "1h"})
    daemon = start(drain=drain).ready()
    assert asked.wait(PATIENCE)
    if signals == 2:
        daemon.process.send_signal(signal.SIGTERM)
        assert ask(tmp_path / "watcher.db", {"do": "ping"}) is not None  # it drains, and answers
    assert daemon.end(signal.SIGTERM) == 143
    assert not (tmp_path / "watcher.db.sock").exists()


NET = {"allow": ["127.0.0.1"], "ports": ["1024-65535"], "gap": "0s"}


def test_the_control_socket_is_the_users_alone(start, config, tmp_path):
    start().ready()
    mode = os.stat(tmp_path / "watcher.db.sock").st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_daemon_that_was_killed_leaves_nothing_in_the_way(start, cli, config):
    assert start().ready().end(signal.SIGKILL) == -signal.SIGKILL
    assert cli("status", "--json").json["daemon"] == {"running": False, "pid": None, "since": None}
    start().ready()
    assert cli("status", "--json").json["daemon"]["running"] is True


def test_a_config_with_problems_starts_nothing(start, tmp_path):
    (tmp_path / "config.yaml").write_text("nonsense: 1\n")
    daemon = start()
    daemon.until(lambda line: line.startswith("error[WTC-CFG-012]"))
    assert daemon.process.wait(PATIENCE) == 78
    assert not (tmp_path / "watcher.db").exists()


def test_feeds_are_paused_resumed_and_retried_through_the_daemon(start, cli, config, news):
    write(config, news.url("/feed"))
    daemon = start("-v").ready()
    daemon.event("poll")
    url = news.url("/feed")
    assert cli("feeds", "pause", url).status == 0
    assert cli("feeds", "show", url, "--json").json["state"] == "paused"
    assert "it is paused" in cli("feeds", "retry", url).out
    assert cli("feeds", "resume", url).status == 0
    refused = cli("feeds", "retry", url)
    assert (refused.status, "refused: not before" in refused.out) == (1, True)
    done = cli("feeds", "retry", url, "--force", "--json").json
    assert (done["result"], done["outcome"]) == ("polled", "unchanged")
    assert "ok" not in done
    timed = cli("feeds", "retry", url, "--at", "2030-01-01T00:00:00Z")
    assert (timed.status, timed.code) == (2, "WTC-USE-007")
    news.routes["/feed"] = 404
    assert cli("feeds", "retry", url, "--force").status == 3
    assert len(news.hits("/feed")) == 3
    assert cli("feeds", "remove", url).status == 0
    assert cli("feeds", "show", url, "--json").json["state"] == "retired"  # taken over at once
    assert daemon.end(signal.SIGTERM) == 143
