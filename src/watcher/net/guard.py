"""The guard: which addresses on the web and on the network may be asked (spec `polling` §6).

Pure. `check_url` judges an address as written, before any look-up; `check_addresses` judges what
its name resolved to, just before one of these is dialled. Both must agree.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from watcher.net.policy import Address, Reach, as_address
from watcher.text import urls
from watcher.text.hosts import lane

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NEVER = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\]")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_MAX_URL = 8_192

# Special-purpose registries of IANA (RFC 6890 and later), named one by one: `is_global` of
# Python 3.11 calls several of them global (S8).
_DENIED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local, where clouds serve their metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved for protocols"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::1/128", "loopback"),
    ("::/96", "unspecified or IPv4-compatible"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard-only"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHIDv2"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_NETWORKS = tuple((ipaddress.ip_network(text), why) for text, why in _DENIED)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # RFC 5214 §6.1


@dataclass(frozen=True, slots=True)
class Refused:
    """Not asked, and why. `code` is stable."""

    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked. `host` is ASCII, lower case, without brackets or a trailing
    dot; `request` is path and query as they go on the wire; `url` has no fragment."""

    url: str
    scheme: str
    host: str
    port: int
    request: str

    @property
    def authority(self) -> str:
        """The Host header: the port only where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def lane(self) -> str:
        """Whose patience a request costs: the host's; for an IP literal, host and port."""
        return lane(self.host, self.port)


def check_url(url: str, reach: Reach) -> Target | Refused:
    """S1-S3, S6, S7 and the form of the address. A port outside `reach.ports` passes here where
    an allowed network may still hold the host; `check_addresses` then decides."""
    if _NEVER.search(url) or len(url) > _MAX_URL:
        return _malformed("holds characters that no address may hold, or is too long")
    scheme, colon, _ = url.partition(":")
    if not colon or not _SCHEME.match(scheme):
        return _malformed("is no address")
    if scheme.lower() not in _DEFAULT_PORTS:
        return Refused(
            "WTC-NET-001",
            f"only http and https are fetched, not {scheme.lower()[:20]}:",
            "Give the http or https address of the feed or page.",
        )
    target = _parse(url)
    if isinstance(target, Refused):
        return target
    return _check_host(target, reach) or _check_port(target, reach) or target


def check_addresses(host: str, port: int, addresses: Sequence[str], reach: Reach) -> Refused | None:
    """S4 and S8: every address that the name has must be allowed, or none is dialled."""
    named = reach.names(host, port)
    found = [as_address(text.partition("%")[0]) for text in addresses]
    for text, address in zip(addresses, found, strict=True):
        if address is None:
            return _malformed(f"resolves to {text!r}, which is no IP address")
        if named or _held(address, port, reach):
            continue
        why = private(address)
        if why is not None:
            return _private(host, port, text, why)
        if not reach.opens(port):
            return _closed(host, port)
    return None


def private(address: Address) -> str | None:
    """Why an address is not public, or None where it is."""
    inner = embedded(address)
    if inner is not None:
        why = private(inner)
        if why is not None or address in _MAPPED or address in _NAT64:
            return f"{why} (it embeds {inner})" if why else None
    for network, why in _NETWORKS:
        if address.version == network.version and address in network:
            return why
    if not address.is_global or address.is_multicast:
        return "not public"
    return None


def embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translator would reach through this IPv6 address.

    6to4 and Teredo are refused whatever they embed: nothing public is served there any more.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return None
    bits = int(address)
    if address in _MAPPED or address in _NAT64:
        return ipaddress.IPv4Address(bits & 0xFFFF_FFFF)
    if (bits >> 32) & 0xFFFF_FFFF in _ISATAP:
        return ipaddress.IPv4Address(bits & 0xFFFF_FFFF)
    return None


def _parse(url: str) -> Target | Refused:
    whole = url.partition("#")[0]
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        return _malformed("cannot be read")
    if "@" in parts.netloc:
        return Refused(
            "WTC-NET-003",
            "addresses with a user name or password are not fetched",
            "Take the part before the @ out of the address.",
        )
    host = urls.host(whole)
    if not host or port == 0:
        return _malformed("has no possible host or port")
    query = f"?{parts.query}" if parts.query else ""
    request = quote((parts.path or "/") + query, safe=_WIRE_SAFE)
    return Target(whole, parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], request)


# Every ASCII character but blanks and controls, which do not get this far: nothing is requoted.
_WIRE_SAFE = "".join(chr(code) for code in range(0x21, 0x7F))


def _check_host(target: Target, reach: Reach) -> Refused | None:
    literal = as_address(target.host)
    if literal is not None:
        if reach.holds(literal, target.port):
            return None
        why = None if _held(literal, target.port, reach) else private(literal)
        return _private(target.host, target.port, target.host, why) if why else None
    if _NUMBER.match(target.host.rsplit(".", 1)[-1]):
        return Refused(
            "WTC-NET-005",
            f"{target.host} is an IPv4 address in a spelling that is not accepted",
            "Write it as four decimal numbers, like 192.0.2.1.",
        )
    return None


def _check_port(target: Target, reach: Reach) -> Refused | None:
    if reach.opens(target.port) or reach.names(target.host, target.port):
        return None
    if as_address(target.host) is None and reach.has_networks:
        return None
    return _closed(target.host, target.port)


def _held(address: Address, port: int, reach: Reach) -> bool:
    inner = embedded(address)
    return reach.holds(address, port) or (inner is not None and reach.holds(inner, port))


def _malformed(what: str) -> Refused:
    return Refused("WTC-NET-004", f"the address {what}", "Check the address for typing errors.")


def _closed(host: str, port: int) -> Refused:
    return Refused(
        "WTC-NET-002",
        f"port {port} of {host} is not among the allowed ports",
        f"If it is meant, add {port} to the ports, or {_shown(host, port)} to the allowed hosts.",
    )


def _private(host: str, port: int, address: str, why: str) -> Refused:
    says = f"{host} is" if host == address else f"{host} resolves to {address}, which is"
    return Refused(
        "WTC-NET-006",
        f"{says} not a public address: {why}",
        f"If it is meant, add {_shown(host, port)} to the allowed hosts.",
    )


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
