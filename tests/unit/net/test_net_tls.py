"""TLS with certificates made on the spot (needs the `openssl` command)."""

import shutil
import ssl
import subprocess

import pytest
from tests.support.site import Raw, Site, redirect

from watcher.model.page import Fetched
from watcher.model.when import SECOND
from watcher.net.policy import parse_rules

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own for `site.example` and 127.0.0.1: paths of it and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=site.example"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", "subjectAltName=DNS:site.example,IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


@pytest.fixture
def server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


async def to_loopback(host: str, port: int):
    return ["127.0.0.1"]


def test_a_certificate_that_nobody_signed_is_refused(fetch, server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with Site({"/": b"x"}, tls=server) as site:
        got = fetch(site.url())
        assert (got.kind, got.code) == ("tls", "WTC-NET-030")
        assert site.requests == []


def test_ssl_cert_file_is_trusted(fetch, server, trusted):
    with Site({"/": b"x"}, tls=server) as site:
        assert isinstance(fetch(site.url()), Fetched)


def test_the_name_of_the_address_is_what_the_certificate_must_show(fetch, server, trusted):
    with Site({"/": b"x"}, tls=server) as site:
        good = fetch(f"https://site.example:{site.port}/", resolver=to_loopback)
        bad = fetch(f"https://other.example:{site.port}/", resolver=to_loopback)
        assert isinstance(good, Fetched)
        assert (bad.kind, bad.code) == ("tls", "WTC-NET-030")
        assert len(site.requests) == 1


def test_a_server_that_speaks_no_tls_fails_the_handshake(fetch, trusted):
    for greeting in ([b"HTTP/1.1 400 Bad\r\n\r\n"], [b"\x16\x03\x03\xff\xff" + b"z" * 100], []):
        with Site(greet=Raw(greeting)) as site:
            got = fetch(f"https://127.0.0.1:{site.port}/")
            assert (got.kind, got.code) == ("tls", "WTC-NET-031")


def test_a_handshake_that_never_ends_meets_the_deadline(fetch, trusted):
    with Site(greet=Raw([5])) as site:
        got = fetch(f"https://127.0.0.1:{site.port}/", deadline=SECOND // 5)
    assert (got.kind, got.code) == ("timeout", "WTC-NET-035")
    assert "TLS" in got.message


def test_a_hop_from_https_to_http_is_refused_unless_the_host_is_allowed(fetch, server, trusted):
    with Site({"/": b"x"}) as plain:
        there = f"http://plain.example:{plain.port}/"
        with Site({"/": redirect(there)}, tls=server) as site:
            rules = ["127.0.0.0/8"]
            got = fetch(site.url(), resolver=to_loopback, allow=parse_rules(rules))
            assert (got.kind, got.code) == ("redirect", "WTC-NET-042")
            assert plain.connections == 0
            allowed = parse_rules([*rules, "plain.example"])
            assert isinstance(fetch(site.url(), resolver=to_loopback, allow=allowed), Fetched)


def test_an_unreadable_ssl_cert_file_is_a_failure_with_a_hint(fetch, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    got = fetch("https://127.0.0.1:8001/")
    assert (got.kind, got.code) == ("tls", "WTC-NET-090")
    assert "SSL_CERT_FILE" in (got.hint or "")
