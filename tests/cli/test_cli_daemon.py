"""The daemon as its operators meet it: asked how it is, reloaded, fed to a watchdog."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.support import Cli, write
from tests.cli.test_cli_run import news, start
from tests.support.site import Site

__all__ = ["news", "start"]


def ask(path: Path, target: str) -> tuple[int, str]:
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(30)
        wire.connect(str(path))
        wire.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        raw = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
    head, _, body = raw.partition("\r\n\r\n")
    return int(head.split()[1]), body


def test_monitors_are_answered_beside_the_database(start, cli, tmp_path, news: Site):
    write(tmp_path / "config.yaml", news.url("/feed"), topics={"ferries": {"query": "ferry"}})
    daemon = start()
    daemon.event("alert")
    http = tmp_path / "watcher.db.http"
    assert ask(http, "/livez") == (200, "ok\n")
    assert ask(http, "/readyz") == (200, "ok\n")
    status, text = ask(http, "/metrics")
    assert status == 200
    assert 'watcher_articles_total{kind="article"} 1\n' in text
    assert 'watcher_matches_total{topic="ferries"} 1\n' in text
    assert 'watcher_feeds{state="active"} 1\n' in text
    assert 'watcher_build_info{version="' in text
    detail = json.loads(ask(http, "/healthz")[1])
    assert (detail["alive"], detail["ready"], detail["pid"]) == (True, True, daemon.process.pid)
    assert ask(http, "/")[0] == 404
    assert daemon.end(signal.SIGTERM) == 143
    assert not http.exists()


def test_it_listens_where_the_config_says_or_nowhere(start, tmp_path):
    write(tmp_path / "config.yaml", daemon={"listen": "unix:run.http"})
    start().ready()
    assert ask(tmp_path / "run.http", "/livez")[0] == 200


def test_off_is_off(start, tmp_path):
    write(tmp_path / "config.yaml", daemon={"listen": "off"})
    start().ready()
    assert not (tmp_path / "watcher.db.http").exists()


@pytest.mark.parametrize("listen", ["0.0.0.0:9464", "example.org:80", "127.0.0.1:0", "9464"])
def test_an_address_that_others_can_reach_is_refused(cli: Cli, tmp_path: Path, listen: str):
    write(tmp_path / "config.yaml", daemon={"listen": listen})
    done = cli("config", "check")
    assert done.status == 78
    assert "loopback" in done.err


def test_a_changed_file_is_taken_over_with_its_diff(start, cli, tmp_path, news: Site):
    write(tmp_path / "config.yaml")
    daemon = start().ready()
    write(tmp_path / "config.yaml", news.url("/feed"), topics={"ferries": {"query": "ferry"}})
    told = daemon.event("reloaded")
    assert told["by"] == "file"
    assert told["changes"] == [f"+ feed {news.url('/feed')}", "+ topic ferries"]
    alert = daemon.event("alert")  # and the new topic matches what the new feed brings
    assert (alert["topic"], alert["decision"]) == ("ferries", "raised")
    assert daemon.end(signal.SIGTERM) == 143


def test_sighup_reloads_and_a_file_with_problems_is_refused_whole(start, cli, tmp_path, news: Site):
    held = {"daemon": {"reload": False}}
    write(tmp_path / "config.yaml", **held)
    daemon = start().ready()
    bad = {**held, "topics": {"a": {"query": "(ferry"}}}
    write(tmp_path / "config.yaml", news.url("/feed"), **bad)
    daemon.process.send_signal(signal.SIGHUP)
    told = daemon.event("reload_refused")
    assert (told["by"], told["problems"][0]["code"][:8]) == ("signal", "WTC-QRY-")
    assert cli("feeds", "list", "--json", "--db", "watcher.db").json["count"] == 0
    write(tmp_path / "config.yaml", news.url("/feed"), **held)
    daemon.process.send_signal(signal.SIGHUP)
    assert daemon.event("reloaded")["changes"] == [f"+ feed {news.url('/feed')}"]
    assert daemon.end(signal.SIGTERM) == 143


def test_config_reload_shows_what_changes_and_refuses_what_is_wrong(start, cli, tmp_path):
    held = {"daemon": {"reload": False}}
    write(tmp_path / "config.yaml", **held)
    start().ready()
    assert cli("config", "reload").out == "nothing changed\n"
    write(tmp_path / "config.yaml", **held, topics={"t": "ferry"}, poll={"every": "2h"})
    done = cli("config", "reload", "--json")
    assert done.json["changes"] == ["+ topic t", "~ every"]
    net = {"allow": ["127.0.0.1"], "ports": ["1024-65535"], "gap": "0s", "concurrency": 3}
    write(tmp_path / "config.yaml", **held, net=net)
    assert "net changes with the next start" in cli("config", "reload").err
    (tmp_path / "config.yaml").write_text("nonsense: 1\n")
    assert cli("config", "reload").status == 78


def test_without_a_daemon_there_is_nothing_to_reload(cli: Cli, config: Path):
    done = cli("config", "reload")
    assert (done.status, done.code) == (75, "WTC-RUN-077")


def test_systemd_is_told_of_ready_of_life_and_of_the_end(tmp_path: Path):
    write(tmp_path / "config.yaml")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(tmp_path / "n"))
        wire.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "watcher", "run"],
            cwd=tmp_path,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "n")},
            stderr=subprocess.DEVNULL,
        )
        try:
            said = [wire.recv(1000).decode()]
            assert said[0] == "READY=1\nSTATUS=watching 0 feeds"
            assert wire.recv(1000) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            rest = [wire.recv(1000).decode()]
            while rest[-1] != "STOPPING=1":
                rest.append(wire.recv(1000).decode())
            assert process.wait(60) == 143
        finally:
            process.kill()
            process.wait()


WEDGED = """
import threading
from pathlib import Path
from watcher.cli.main import main
from watcher.daemon import vitals
from watcher.store.sqlite.store import SqliteStore
vitals.LOOK_SECONDS = 1.2
whole = SqliteStore.last_time
def stuck(self):
    if Path("stuck").exists():
        threading.Event().wait()
    return whole(self)
SqliteStore.last_time = stuck
main(["run"])
"""


def told_until_silence(wire: socket.socket, seconds: float) -> list[bytes]:
    """What systemd is told until it hears nothing for so long."""
    wire.settimeout(seconds)
    told = []
    try:
        while True:
            told.append(wire.recv(1000))
    except TimeoutError:
        return told


def test_a_writer_that_hangs_is_no_longer_alive_for_the_watchdog(tmp_path: Path):
    write(tmp_path / "config.yaml")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(tmp_path / "n"))
        process = subprocess.Popen(
            [sys.executable, "-c", WEDGED],
            cwd=tmp_path,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "n")},
            stderr=subprocess.DEVNULL,
        )
        try:
            wire.settimeout(60)
            assert wire.recv(1000).startswith(b"READY=1")
            assert wire.recv(1000) == b"WATCHDOG=1"
            (tmp_path / "stuck").touch()
            assert len(told_until_silence(wire, 10)) < 20
            assert ask(tmp_path / "watcher.db.http", "/livez")[0] == 200  # the loop still beats
            assert ask(tmp_path / "watcher.db.http", "/readyz")[0] == 503
        finally:
            process.kill()
            process.wait()


def test_health_is_an_exit_status(start, cli, config):
    cli("once")
    assert cli("status", "--health").status == 5
    assert cli("status").status == 0
    start().ready()
    assert cli("status", "--health").status == 0


def test_watching_the_status_shows_it_again_until_ctrl_c(cli: Cli, config: Path, monkeypatch):
    from watcher.cli import status

    cli("once")
    rounds = []

    def stop() -> None:
        rounds.append(1)
        if len(rounds) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(status, "_wait", stop)
    done = cli("status", "--watch", "--json")
    assert (done.status, len(done.lines)) == (130, 3)
