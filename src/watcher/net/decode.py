"""Content codings undone within bounds: no bomb gets past the cap by more than one piece.

httpx's own decoders hand over whatever one read expands to (67 MB seen); these give at most
64 KB at a time and stop as soon as any stage has passed its limit (spec `polling` §0.4, check 55).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

PIECE = 65_536
MAX_CODINGS = 2
_MAX_PARTS = 1_000  # gzip members or zstd frames: each costs a new decoder, even an empty one
_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659: what a content coding may ask for
_ZSTD_BITE = 32  # a block of 4 bytes may give 128 KB: at most 1 MB comes of one bite


class DecodeError(Exception):
    """The body is not what its Content-Encoding says."""


class TooLargeError(Exception):
    """The body, or a stage of its decoding, is larger than the limit."""


class Stage(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises DecodeError where the data ended too soon."""
        ...


class BodyDecoder:
    """Feeds wire bytes through the codings of one answer, last applied first undone.

    Raises DecodeError for an unknown or broken coding and for more than two; TooLargeError once
    the bytes fed, between two stages, or given are more than `limit`.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        wanted = [name for name in names if name not in {"", "identity"}]
        if len(wanted) > MAX_CODINGS:
            raise DecodeError(f"{len(wanted)} codings on top of each other")
        self._stages = [_Counted(_stage(name), limit) for name in reversed(wanted)]
        self._limit = limit
        self._fed = 0
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> None:
        self._fed += len(data)
        if self._fed > self._limit:
            raise TooLargeError
        for piece in self._through(data, 0):
            self._pieces.append(piece)

    def finish(self) -> bytes:
        """The whole decoded body."""
        if self._fed:
            for stage in self._stages:
                stage.finish()
        return self.so_far()

    def so_far(self) -> bytes:
        return b"".join(self._pieces)

    def _through(self, data: bytes, index: int) -> Iterator[bytes]:
        if index == len(self._stages):
            yield data
            return
        for piece in self._stages[index].feed(data):
            yield from self._through(piece, index + 1)


class _Counted:
    """A stage whose output is counted: a stage that gives much and makes little of it (empty
    gzip members) would otherwise run for ever."""

    def __init__(self, stage: Stage, limit: int) -> None:
        self._stage = stage
        self._left = limit

    def feed(self, data: bytes) -> Iterator[bytes]:
        for piece in self._stage.feed(data):
            self._left -= len(piece)
            if self._left < 0:
                raise TooLargeError
            if piece:
                yield piece

    def finish(self) -> None:
        self._stage.finish()


def _stage(name: str) -> Stage:
    make = _STAGES.get(name)
    if make is None:
        raise DecodeError(f"unknown content coding {name[:40]!r}")
    return make()


class _Gzip:
    """RFC 1952; several members follow each other, and bytes after the last are ignored."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(31)
        self._between = False
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._between:
                if not data.startswith(b"\x1f"):
                    return
                self._inflate, self._between = zlib.decompressobj(31), False
            yield from _inflated(self._inflate, data)
            data = self._inflate.unused_data
            self._between = self._inflate.eof
            self._members = _count(self._members + self._between)

    def finish(self) -> None:
        if not self._members:
            raise DecodeError("gzip data ends too soon")


class _Deflate:
    """RFC 9110 §8.4.1.2 says zlib; many send raw deflate. The first two bytes tell."""

    def __init__(self) -> None:
        self._inflate: zlib._Decompress | None = None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            self._head += data
            if len(self._head) < 2:
                return
            data = self._head
            is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflate = zlib.decompressobj(15 if is_zlib else -15)
        if not self._inflate.eof:
            yield from _inflated(self._inflate, data)

    def finish(self) -> None:
        if self._inflate is None or not self._inflate.eof:
            raise DecodeError("deflate data ends too soon")


def _count(parts: int) -> int:
    if parts > _MAX_PARTS:
        raise DecodeError(f"more than {_MAX_PARTS} streams in one body")
    return parts


def _inflated(inflate: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Pieces until the input is used up and nothing is held back, or the stream has ended."""
    while True:
        try:
            piece = inflate.decompress(data, PIECE)
        except zlib.error as error:
            raise DecodeError("zlib data is broken") from error
        yield piece
        data = inflate.unconsumed_tail
        if inflate.eof or (not data and len(piece) < PIECE):
            return


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._broken: type[Exception] = brotli.error
        self._unpack: Any = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._unpack.is_finished():
            return
        try:
            piece = self._unpack.process(data, output_buffer_limit=PIECE)
            while piece:  # what is held back comes without further input
                yield piece
                if self._unpack.is_finished():
                    return
                piece = self._unpack.process(b"", output_buffer_limit=PIECE)
        except self._broken as error:
            raise DecodeError("brotli data is broken") from error

    def finish(self) -> None:
        if not self._unpack.is_finished():
            raise DecodeError("brotli data ends too soon")


class _Zstd:
    """Several frames may follow each other (RFC 8878 §3.1)."""

    def __init__(self) -> None:
        import zstandard

        self._broken: type[Exception] = zstandard.ZstdError
        self._maker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._unpack = self._maker.decompressobj()
        self._inside = False
        self._frames = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_BITE):
            yield from self._bite(data[start : start + _ZSTD_BITE])

    def finish(self) -> None:
        if self._inside or not self._frames:
            raise DecodeError("zstd data ends too soon")

    def _bite(self, data: bytes) -> Iterator[bytes]:
        while data:
            if not self._inside:
                self._unpack, self._inside = self._maker.decompressobj(), True
            try:
                yield self._unpack.decompress(data)
            except self._broken as error:
                raise DecodeError("zstd data is broken") from error
            if not self._unpack.eof:
                return
            data = self._unpack.unused_data
            self._frames = _count(self._frames + 1)
            self._inside = False


_STAGES: dict[str, Callable[[], Stage]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
