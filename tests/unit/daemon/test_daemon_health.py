"""The little server that monitors ask, and what systemd is told."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path

import pytest

from watcher.daemon.health import HealthServer, as_json, yes_or_no
from watcher.daemon.notify import Notifier
from watcher.errors import StoreError, UsageError


async def good():
    return yes_or_no(True, "no")


async def bad():
    return yes_or_no(False, "the store does not answer")


async def broken():
    raise StoreError("WTC-DB-010", "cannot be read")


async def detail():
    return as_json({"ready": True}, good=True)


HANDLERS = {"/livez": good, "/readyz": bad, "/metrics": broken, "/healthz": detail}


def asked(path: Path, *requests: bytes) -> list[bytes]:
    async def main() -> list[bytes]:
        server = HealthServer(f"unix:{path}", HANDLERS)
        await server.start()
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o660
        answers = []
        for request in requests:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(request)
            if writer.can_write_eof():
                writer.write_eof()
            answers.append(await reader.read())
            writer.close()
        await server.stop()
        return answers

    return asyncio.run(main())


def get(target: str, method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def test_health_is_answered_by_status(tmp_path: Path):
    live, ready, metrics, json_, other, post, head = asked(
        tmp_path / "http",
        *(get("/livez"), get("/readyz?x=1"), get("/metrics"), get("/healthz"), get("/other")),
        *(get("/livez", "POST"), get("/livez", "HEAD")),
    )
    assert live.startswith(b"HTTP/1.1 200 OK\r\n")
    assert live.endswith(b"\r\n\r\nok\n")
    assert ready.startswith(b"HTTP/1.1 503 ")
    assert b"the store does not answer" in ready
    assert metrics.startswith(b"HTTP/1.1 503 ")
    assert b"WTC-DB-010" in metrics
    assert json_.endswith(b'{"ready": true}\n')
    assert other.startswith(b"HTTP/1.1 404 ")
    assert b"/livez" in other
    assert post.startswith(b"HTTP/1.1 405 ")
    assert head.endswith(b"\r\n\r\n")
    assert not (tmp_path / "http").exists()  # and nothing is left behind


@pytest.mark.parametrize("rubbish", [b"", b"\r\n\r\n", b"GET", b"G" * 100_000, b"\xff\x00\r\n\r\n"])
def test_rubbish_costs_nobody_else_an_answer(tmp_path: Path, rubbish: bytes):
    answers = asked(tmp_path / "http", rubbish, get("/livez"))
    assert answers[1].startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_socket_of_a_dead_daemon_is_replaced_and_a_taken_port_is_said(tmp_path: Path):
    (tmp_path / "http").write_text("")
    assert asked(tmp_path / "http", get("/livez"))[0].startswith(b"HTTP/1.1 200")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = HealthServer(f"127.0.0.1:{taken.getsockname()[1]}", HANDLERS)
        with pytest.raises(UsageError) as raised:
            asyncio.run(server.start())
    assert raised.value.code == "WTC-RUN-010"


def test_systemd_is_told_in_its_own_words(tmp_path: Path):
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(path))
        told = Notifier(str(path))
        told.ready("watching 3\nfeeds")
        told.alive()
        told.reloading(7)
        told.stopping()
        got = [wire.recv(1000).decode() for _ in range(4)]
    assert got == [
        *("READY=1\nSTATUS=watching 3 feeds", "WATCHDOG=1"),
        *("RELOADING=1\nMONOTONIC_USEC=7", "STOPPING=1"),
    ]


def test_without_systemd_nothing_is_told_and_nothing_fails(tmp_path: Path, monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not Notifier().listening
    Notifier().ready("x")
    Notifier(str(tmp_path / "gone")).alive()
