"""What systemd is told (sd_notify(3)): ready, what we do, that we live, that we end."""

from __future__ import annotations

import os
import socket


class Notifier:
    """Sends to `$NOTIFY_SOCKET`; without one it does nothing. Never raises."""

    def __init__(self, address: str | None = None) -> None:
        given = os.environ.get("NOTIFY_SOCKET") if address is None else address
        # A leading @ stands for Linux's abstract names.
        self._address = f"\0{given[1:]}" if given and given.startswith("@") else given

    @property
    def listening(self) -> bool:
        return bool(self._address)

    def ready(self, status: str) -> None:
        self._send(f"READY=1\nSTATUS={_line(status)}")

    def status(self, status: str) -> None:
        self._send(f"STATUS={_line(status)}")

    def alive(self) -> None:
        """Feeds the watchdog."""
        self._send("WATCHDOG=1")

    def reloading(self, monotonic_usec: int) -> None:
        self._send(f"RELOADING=1\nMONOTONIC_USEC={monotonic_usec}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
                wire.settimeout(1.0)
                wire.sendto(text.encode(), self._address)
        except OSError:
            return


def _line(text: str) -> str:
    return " ".join(text.split())
