"""Addresses: the form that is fetched, the form that is compared, and whose they are.

An address is never requoted: signed and odd queries reach the server byte for byte. Only what
RFC 3986 §6.2 calls equal is changed (case of scheme and host, default port, dot segments), and
fragments and tracking parameters, which no server needs, are left out.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from watcher.text.tracking import is_tracking

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\Z")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")
_MAX_LENGTH = 8_192
_ABSOLUTE = re.compile(r"https?://[^/?#\s]", re.I)  # nothing to join
_BLANK = re.compile(r"\s")


def normalise(url: str) -> str:
    """The stable form of an http(s) address; what is none comes back stripped and unchanged."""
    stripped = url.strip()
    parts = _split(stripped.partition("#")[0].rstrip())
    if parts is None:
        return stripped
    path = _resolve_dots(parts.path) or "/"
    query = "&".join(p for p in parts.query.split("&") if not is_tracking(p.partition("=")[0]))
    return f"{parts.scheme}://{_authority(parts)}{path}{'?' + query if query else ''}".rstrip()


def key(url: str) -> str:
    """The identity of an address: normalised, without scheme, leading `www.` and trailing slash."""
    return keyed(normalise(url))


def keyed(normalised: str) -> str:
    """`key` of what `normalise` gave."""
    _, found, rest = normalised.partition("://")
    if not found:
        return normalised.strip()
    address, mark, query = rest.partition("?")
    authority, slash, path = address.partition("/")
    bare = authority.removeprefix("www.")
    if "." in bare:
        authority = bare
    return f"{authority}{slash}{path}".rstrip("/") + mark + query


def join(base: str, ref: str) -> str | None:
    """`ref`, as a page at `base` gives it, as an absolute http(s) address with its fragment cut.

    None for other schemes, control characters, backslashes, impossible hosts and addresses of
    more than 8,192 characters. Inner blanks become `%20`; nothing else is requoted.
    """
    wanted = ref.strip()
    if _UNSAFE.search(wanted) or len(wanted) > _MAX_LENGTH:
        return None
    if _ABSOLUTE.match(wanted):
        joined = wanted
    else:
        try:
            joined = urljoin(base, wanted)
        except ValueError:
            return None
    if _split(joined) is None:
        return None
    return _BLANK.sub("%20", joined.partition("#")[0])


def host(url: str) -> str:
    """Lower-case host without port, IDN as punycode; empty where there is none."""
    parts = _split(url.strip())
    return _host(parts) or "" if parts else ""


def port(url: str) -> int:
    """The port, the scheme's own where none is named; 0 for what is no address."""
    parts = _split(url.strip())
    return (parts.port or _DEFAULT_PORTS[parts.scheme]) if parts else 0


def origin(url: str) -> str:
    """Scheme, host and port (RFC 6454), the scheme's own port left out; empty for no address."""
    parts = _split(url.strip())
    return f"{parts.scheme}://{_authority(parts).rpartition('@')[2]}" if parts else ""


def outlet_domain(url: str) -> str:
    """The registrable domain by the public suffix list (private suffixes too: each blog of a
    hosting service is its own outlet). `host:port`, port always shown, for an IP literal and
    localhost, where hosts tell outlets apart no longer. Empty where there is no host."""
    parts = _split(url.strip())
    name = _host(parts) if parts else None
    if parts is None or name is None:
        return ""
    if _is_local(name):
        return f"{_bracketed(name)}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"
    return _registrable(name)


@lru_cache(maxsize=1024)  # one address is asked for its host, its port and its lane
def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address with a possible host and port, else None."""
    if _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme in _DEFAULT_PORTS and parts.port != 0 and _host(parts):
            return parts
    except ValueError:
        pass
    return None


def _authority(parts: SplitResult) -> str:
    user, at, _ = parts.netloc.rpartition("@")
    port = parts.port
    shown = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else ""
    return f"{user}{at}{_bracketed(_host(parts) or '')}{shown}"


def _host(parts: SplitResult) -> str | None:
    name = (parts.hostname or "").removesuffix(".")
    if ":" in name:
        return str(ipaddress.IPv6Address(name)) if "%" not in name else None
    if not name.isascii():
        name = _punycode(name)
    return name if _HOST.match(name) else None


@lru_cache(maxsize=1024)
def _punycode(name: str) -> str:
    """`name` in the form of UTS #46, as browsers ask for it; empty if it has none."""
    import idna

    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return ""


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _is_local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _resolve_dots(path: str) -> str:
    """RFC 3986 §5.2.4 on an absolute path; empty segments stay."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


@lru_cache(maxsize=4096)
def _registrable(name: str) -> str:
    return _suffixes().privatesuffix(name) or name


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The list bundled with publicsuffixlist, read at first use: reading it takes 25 ms."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
