"""The command's side of the control socket. Standard library only: `status` must start fast."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from watcher.errors import BusyError

MAX_LINE = 64 * 1024
TIMEOUT_SECONDS = 10.0


def socket_path(database: Path) -> Path:
    return database.with_name(database.name + ".sock")


@contextlib.contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for `path` that fits the 108 bytes of a socket address, however deep the folder."""
    if len(os.fsencode(path)) < 100:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def ask(
    database: Path, request: Mapping[str, Any], *, seconds: float = TIMEOUT_SECONDS
) -> dict[str, Any] | None:
    """Sends one request to the daemon that holds `database`; None where no daemon answers
    within `seconds`.

    Raises BusyError where it answers that it will not do this.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(seconds)
        try:
            with short_name(socket_path(database)) as name:
                link.connect(name)
            link.sendall(json.dumps(request).encode() + b"\n")
            line = link.makefile("rb").readline(MAX_LINE)
        except OSError:
            return None
    try:
        reply: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    if "error" in reply:
        error = reply["error"]
        raise BusyError(error["code"], error["message"], hint=error.get("hint"))
    return reply
