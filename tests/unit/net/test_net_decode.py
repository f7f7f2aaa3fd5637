import gzip
import time
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from watcher.net.decode import BodyDecoder, DecodeError, TooLargeError

MB = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstandard.compress,
}


def decode(codings: str, data: bytes, limit: int = 10 * MB, step: int = 65_536) -> bytes:
    decoder = BodyDecoder(codings, limit)
    for start in range(0, len(data), step):
        decoder.feed(data[start : start + step])
    return decoder.finish()


@given(
    st.binary(max_size=3000),
    st.lists(st.sampled_from(sorted(PACK)), max_size=2),
    st.integers(1, 200),
)
def test_what_was_coded_comes_back_however_it_is_cut(data, codings, step):
    packed = data
    for name in codings:
        packed = PACK[name](packed)
    assert decode(", ".join(codings), packed, step=step) == data


@pytest.mark.parametrize("name", sorted(PACK))
def test_large_bodies_come_back_whole(name):
    data = b"".join(b"%d," % n for n in range(200_000)) + b"\0" * 3 * MB
    assert decode(name, PACK[name](data)) == data


def test_raw_deflate_is_read_too():
    assert decode("deflate", raw_deflate(b"hello" * 100), step=1) == b"hello" * 100


@pytest.mark.parametrize("name", ["", "identity", "IDENTITY", " ", ",", "identity, identity"])
def test_no_coding_passes_bytes_on(name):
    assert decode(name, b"plain") == b"plain"


def test_gzip_members_follow_each_other_and_padding_after_them_is_ignored():
    packed = gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0\0"
    assert decode("GZip", packed, step=1) == b"onetwo"


def test_zstd_frames_follow_each_other():
    packed = zstandard.compress(b"one") + zstandard.compress(b"two")
    assert decode("zstd", packed, step=1) == b"onetwo"


@pytest.mark.parametrize("name", sorted(PACK))
def test_an_empty_body_needs_no_coding(name):
    assert decode(name, b"") == b""


@pytest.mark.parametrize("name", sorted(PACK))
def test_data_that_ends_too_soon_is_an_error(name):
    packed = PACK[name](b"".join(b"%d" % n for n in range(2000)))
    with pytest.raises(DecodeError):
        decode(name, packed[: len(packed) // 2])


@pytest.mark.parametrize("name", sorted(PACK))
def test_data_that_was_never_coded_is_an_error(name):
    with pytest.raises(DecodeError):
        decode(name, b"<html>not coded at all</html>" * 10)


@pytest.mark.parametrize("name", ["utf-8", "compress", "gzip, gzip, gzip", "br," * 10])
def test_unknown_and_towering_codings_are_errors(name):
    with pytest.raises(DecodeError):
        decode(name, b"x")


def zeros(total: int, packer) -> bytes:
    chunk = b"\0" * MB
    return b"".join(packer.compress(chunk) for _ in range(total // MB)) + packer.flush()


def zstd_rle(blocks: int) -> bytes:
    """A frame of run-length blocks by hand: 4 bytes for 128 KB each (RFC 8878 §3.1.1.2)."""
    size = 128 * 1024
    block = (size << 3 | 1 << 1).to_bytes(3, "little") + b"A"
    return b"\x28\xb5\x2f\xfd\x00\x58" + block * blocks


def bombs():
    flat = zeros(300 * MB, zlib.compressobj(9, wbits=31))
    yield "gzip", flat
    yield "gzip, gzip", gzip.compress(flat)
    yield "deflate", zeros(100 * MB, zlib.compressobj(9))
    yield "br, gzip", gzip.compress(brotli.compress(b"\0" * 100 * MB, quality=1))
    yield "br", brotli.compress(b"\0" * 100 * MB, quality=1)
    yield "zstd", zstd_rle(80_000)  # 10 GB
    yield "gzip, zstd", zstandard.compress(flat)


def test_bombs_stop_at_the_cap_with_little_memory_and_time():
    for name, bomb in bombs():
        begun = time.process_time()
        decoder = BodyDecoder(name, 5 * MB)
        with pytest.raises(TooLargeError):
            decoder.feed(bomb)
        assert len(decoder.so_far()) <= 5 * MB, name
        assert time.process_time() - begun < 1, name


def test_a_flood_of_empty_members_is_an_error_before_it_costs_time():
    with pytest.raises(DecodeError):
        decode("gzip", gzip.compress(b"") * 100_000)
    with pytest.raises(DecodeError):
        decode("zstd", zstandard.compress(b"") * 100_000)


def test_a_zstd_window_beyond_the_standard_is_an_error():
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packed.compress(b"x" * 100) + packed.flush()
    with pytest.raises(DecodeError):
        decode("zstd", data)


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not():
    assert len(decode("", b"x" * 1000, limit=1000)) == 1000
    assert len(decode("gzip", gzip.compress(b"x" * 1000), limit=1000)) == 1000
    for coding, body in (("", b"x" * 1001), ("gzip", gzip.compress(b"x" * 1001))):
        with pytest.raises(TooLargeError):
            decode(coding, body, limit=1000)
