"""The control socket: named use cases, private, one line a request."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from watcher.daemon.client import ask, socket_path
from watcher.daemon.control import ControlServer
from watcher.errors import BusyError, ConfigError

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def echo(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"heard": request["word"]}


async def fail(request: Mapping[str, Any]) -> dict[str, Any]:
    raise ConfigError("WTC-CFG-009", "no", hint="mend it")


async def test_a_known_use_case_answers(tmp_path: Path) -> None:
    database = tmp_path / "w.db"
    server = ControlServer(socket_path(database), {"echo": echo})
    await server.start()
    try:
        reply = await anyio.to_thread.run_sync(ask, database, {"do": "echo", "word": "سلام"})
    finally:
        await server.stop()
    assert reply == {"ok": True, "heard": "سلام"}


@pytest.mark.parametrize("request_", [{"do": "format disk"}, {}, {"do": ["echo"]}])
async def test_an_unknown_request_is_refused_with_75(
    tmp_path: Path, request_: dict[str, Any]
) -> None:
    database = tmp_path / "w.db"
    server = ControlServer(socket_path(database), {"echo": echo})
    await server.start()
    try:
        with pytest.raises(BusyError) as caught:
            await anyio.to_thread.run_sync(ask, database, request_)
    finally:
        await server.stop()
    assert caught.value.exit_status == 75


async def test_an_error_of_a_use_case_comes_back_with_its_code_and_hint(tmp_path: Path) -> None:
    database = tmp_path / "w.db"
    server = ControlServer(socket_path(database), {"fail": fail})
    await server.start()
    try:
        with pytest.raises(BusyError) as caught:
            await anyio.to_thread.run_sync(ask, database, {"do": "fail"})
    finally:
        await server.stop()
    assert (caught.value.code, caught.value.hint) == ("WTC-CFG-009", "mend it")


async def test_the_socket_is_private_and_goes_with_the_server(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "w.db")
    server = ControlServer(path, {})
    await server.start()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    await server.stop()
    assert not path.exists()


async def test_a_dead_daemons_socket_file_is_replaced(tmp_path: Path) -> None:
    database = tmp_path / "w.db"
    first = ControlServer(socket_path(database), {})
    await first.start()
    second = ControlServer(socket_path(database), {"echo": echo})
    await second.start()
    try:
        reply = await anyio.to_thread.run_sync(ask, database, {"do": "echo", "word": "x"})
    finally:
        await second.stop()
        await first.stop()
    assert reply is not None


async def test_a_folder_too_deep_for_a_socket_address_works_all_the_same(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90) / ("e" * 90)
    deep.mkdir(parents=True)
    database = deep / "w.db"
    server = ControlServer(socket_path(database), {"echo": echo})
    await server.start()
    try:
        reply = await anyio.to_thread.run_sync(ask, database, {"do": "echo", "word": "deep"})
    finally:
        await server.stop()
    assert reply == {"ok": True, "heard": "deep"}


def test_without_a_daemon_nobody_answers(tmp_path: Path) -> None:
    assert ask(tmp_path / "w.db", {"do": "ping"}) is None
