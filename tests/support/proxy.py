"""A real HTTP proxy on loopback: forwards absolute-form GETs, tunnels CONNECT, and keeps a log.

    with Proxy() as proxy:
        ...fetch through proxy.url...
        assert proxy.lines == ["CONNECT site.example:8443 HTTP/1.1"]

`to`: whatever is asked for is connected to this address of 127.0.0.1 (the names of tests exist
nowhere). `refuse`: the status that it answers instead.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Proxy:
    def __init__(self, *, refuse: bytes | None = None) -> None:
        self.lines: list[str] = []
        self.heads: list[bytes] = []
        self._refuse = refuse
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(65_536)
                if not piece:
                    return
                head += piece
            line = head.split(b"\r\n")[0].decode()
            self.lines.append(line)
            self.heads.append(head)
            method, target, _ = line.split(" ")
            if self._refuse is not None:
                client.sendall(b"HTTP/1.1 " + self._refuse + b"\r\nContent-Length: 0\r\n\r\n")
                return
            port = int(target.rpartition(":")[2]) if method == "CONNECT" else urlsplit(target).port
            with socket.create_connection(("127.0.0.1", port or 80)) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                else:
                    server.sendall(head.replace(target.encode(), _path(target), 1))
                threading.Thread(target=_pump, args=(server, client), daemon=True).start()
                _pump(client, server)


def _path(target: str) -> bytes:
    parts = urlsplit(target)
    return (parts.path + (f"?{parts.query}" if parts.query else "")).encode()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
