"""Values as people write them: `15m`, `10MB`, `8000-8999`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from watcher.model.when import DAY, HOUR, MINUTE, SECOND, Micros, micros, rfc3339
from watcher.text.urls import host

LONGEST: Micros = 36_500 * DAY  # any later moment still has a year of four digits
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_QUOTA = r"(\d{1,9})/(s|second|m|minute|h|hour|d|day)"
_SIZES = {
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KIB": 1024,
    "MIB": 1024**2,
    "GIB": 1024**3,
}


@dataclass(frozen=True, slots=True)
class Quota:
    """So many in so long."""

    number: int
    per: Micros

    @property
    def hourly(self) -> float:
        return self.number * HOUR / self.per


class Unfit(ValueError):
    """Says what a value should be, and a hint how to write it. `secret`: the value itself is not to
    be shown."""

    def __init__(self, expected: str, hint: str, *, secret: bool = False) -> None:
        super().__init__(expected)
        self.hint = hint
        self.secret = secret


def duration(value: object) -> Micros:
    """`30s`, `15m`, `1h`, `7d` in microseconds. Raises Unfit."""
    found = re.fullmatch(r"(\d{1,9})([smhd])", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Unfit(
            "a duration such as 30s, 15m, 1h or 7d", "write a whole number and s, m, h or d"
        )
    span = int(found[1]) * _UNITS[found[2]]
    if span > LONGEST:
        raise Unfit("a duration of at most 36500d", "write a shorter one")
    return span


def quota(value: object) -> Quota:
    """`3600/h`, `20/d`, `20/day`: so many in a second, minute, hour or day. Raises Unfit."""
    found = re.fullmatch(_QUOTA, value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise Unfit("a quota such as 3600/h or 20/d", "write a whole number, / and s, m, h or d")
    return Quota(int(found[1]), _UNITS[found[2][0]])


def written_quota(value: Quota) -> str:
    return f"{value.number}/{next(unit for unit, size in _UNITS.items() if size == value.per)}"


def size(value: object) -> int:
    """`10MB` (a million bytes each), `8MiB` or a number of bytes. Raises Unfit."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    text = value.strip().upper() if isinstance(value, str) else ""
    found = re.fullmatch(r"(\d{1,12})\s*([KMG]?I?B)", text)
    if found is None or found[2] not in _SIZES or int(found[1]) == 0:
        raise Unfit(
            "a size such as 10MB or 512KiB", "write a whole number and B, kB, MB, GB, KiB, MiB, GiB"
        )
    return int(found[1]) * _SIZES[found[2]]


def ports(value: object) -> tuple[tuple[int, int], ...]:
    """`[80, 443, 8000-8999]` as (first, last), both included. Raises Unfit."""
    if not isinstance(value, list):
        raise Unfit("a list of ports such as [80, 443, 8000-8999]", "put it into [brackets]")
    return tuple(_port_range(one) for one in value)


def _port_range(value: object) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", str(value).strip())
    low = int(found[1]) if found else 0
    high = int(found[2] or found[1]) if found else 0
    if not 1 <= low <= high <= 65535:
        raise Unfit(
            f"ports from 1 to 65535, or ranges such as 8000-8999, not {value!r}",
            "write the smaller number first",
        )
    return low, high


@dataclass(frozen=True, slots=True)
class Private:
    """A line of `net.allow`: a host name or a network, on every port or on one."""

    host: str | None
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None
    port: int | None

    def names(self, name: str, port: int) -> bool:
        """Whether it is this host, by its name or by the address that the name is."""
        if self.port not in {None, port}:
            return False
        if self.network is None:
            return self.host == name
        try:
            return ipaddress.ip_address(name) in self.network
        except ValueError:
            return False


def private(value: object) -> Private:
    """`desk.example`, `10.0.0.0/8`, `[::1]:8080`, `localhost:8080`. Raises Unfit."""
    text = value.strip().lower() if isinstance(value, str) else ""
    network = _network(text)
    if network is not None:
        return Private(None, network, None)
    name, colon, digits = text.rpartition(":")
    if not colon:
        name, digits = text, "1"
    network = _network(name) if colon else None
    good = digits.isascii() and digits.isdigit() and 0 < int(digits[:6]) < 65_536
    if not good or not (network or _is_host(name)):
        raise Unfit(
            f"hosts, networks or host:port, not {value!r}",
            "write for example localhost, 10.0.0.0/8 or localhost:8080",
        )
    return Private(
        None if network else host(f"http://{name}/"), network, int(digits) * bool(colon) or None
    )


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        return None


def _is_host(text: str) -> bool:
    return bool(host(f"http://{text}/")) and not set(text) & set("/?#@[]:")


def _private_text(value: object) -> object:
    private(value)
    return value


def address(value: object) -> str:
    """A bare mail address in ASCII, as SMTP takes it on every server. Raises Unfit."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        raise Unfit(
            f"a mail address such as desk@example.org, not {value!r}",
            "write the address alone, without a name; a domain with other letters as xn--…",
        )
    return text


_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)


def contact(value: object) -> str:
    """What goes into the user agent: one line of plain ASCII. Raises Unfit."""
    if not isinstance(value, str) or not re.fullmatch(r"[!-'*-~]([ -'*-~]{0,198}[!-'*-~])?", value):
        raise Unfit(
            "an address that leads to you, such as https://example.org/about-our-bot",
            "write one line of ASCII without ( and )",
        )
    return value


def wire_text(value: object) -> str:
    """What may stand in a line of a request: ASCII in one line, 4,096 characters at most. Raises
    Unfit, which never shows the value."""
    if not isinstance(value, str) or not re.fullmatch(r"[ -~]{1,4096}", value.strip()):
        raise Unfit(
            "a text of one line of ASCII",
            "put it into quotes, or name where it is: {file: …}, {env: …} or {credential: …}",
            secret=True,
        )
    return value.strip()


def proxy_address(value: object) -> str:
    """`http://host:port` of a proxy. Raises Unfit, which never shows the value: it may hold a
    password."""
    text = value.strip() if isinstance(value, str) else ""
    found = re.fullmatch(r"(?i:http)://([^/?#@\s]+)/?", text)
    if found is None or not host(f"http://{found[1]}/"):
        raise Unfit(
            "the address of an HTTP proxy such as http://proxy.example:3128 (socks is not spoken)",
            "a login goes beside it: {url: …, user: …, password: {file: …}}",
            secret=True,
        )
    return f"http://{found[1].lower()}"


def database(value: object) -> str:
    """A path. Raises Unfit."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Unfit("the path of a file", "write for example watcher.db")
    if value.startswith(("postgres:", "postgresql:")):
        raise Unfit("the path of a file: there is SQLite alone", "write for example watcher.db")
    return value


def listen(value: object) -> str:
    """Where the daemon may be asked how it is: never an address that others can reach."""
    text = "off" if value is False else str(value).strip()
    if text in {"off", "socket"} or re.fullmatch(r"unix:.+", text):
        return text
    found = re.fullmatch(r"(\[::1\]|localhost|127(?:\.\d{1,3}){3}):(\d{1,5})", text)
    if found is None or not 1 <= int(found[2]) <= 65535:
        raise Unfit(
            "a port on loopback such as 127.0.0.1:9464, unix:PATH, socket or off",
            "others reach it through a reverse proxy that asks who they are",
        )
    return text


def instant(value: object) -> Micros:
    """A moment: RFC 3339, UTC where it names no zone. Raises Unfit."""
    stated = value.strip() if isinstance(value, str) else ""
    try:
        if len(stated) > len("2026-11-25"):  # a day is no moment
            read = datetime.fromisoformat(stated)
            return micros(read if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        pass
    raise Unfit("a moment", "for example 2026-11-25T14:50:00Z")


def _read(reader: Callable[[object], Any]) -> BeforeValidator:
    """Defaults are already read; only what the file says goes through `reader`."""
    return BeforeValidator(reader)


def public_url(url: str) -> str:
    """`url` without the name and password that it may hold."""
    return re.sub(r"//[^/]*@", "//…@", url)[:200]


def written_duration(value: Micros) -> str:
    """`90m`, `1d`: the largest unit that leaves nothing over."""
    unit, size = next(one for one in reversed(_UNITS.items()) if value % one[1] == 0)
    return f"{value // size}{unit}"


def _written_ports(value: tuple[tuple[int, int], ...]) -> list[int | str]:
    return [low if low == high else f"{low}-{high}" for low, high in value]


DURATION = "[0-9]{1,9}[smhd]"
Duration = Annotated[
    int,
    _read(duration),
    PlainSerializer(written_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{DURATION}$"}),
]
Instant = Annotated[
    int,
    _read(instant),
    PlainSerializer(rfc3339),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
QuotaText = Annotated[
    Quota,
    _read(quota),
    PlainSerializer(written_quota),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}/(s|second|m|minute|h|hour|d|day)$"}),
]
Size = Annotated[
    int,
    _read(size),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": "^ *[0-9]{1,12} *([KMGkmg]?[Ii]?[Bb]) *$"},
            ]
        }
    ),
]
Ports = Annotated[
    tuple[tuple[int, int], ...],
    _read(ports),
    PlainSerializer(_written_ports),
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": 65535},
                    {"type": "string", "pattern": "^ *[0-9]{1,5}( *- *[0-9]{1,5})? *$"},
                ]
            },
        }
    ),
]
PrivateHost = Annotated[str, _read(_private_text)]
MailAddress = Annotated[str, _read(address)]
Contact = Annotated[str, _read(contact)]
Database = Annotated[str, _read(database)]
Listen = Annotated[str, _read(listen)]
