"""What may be fetched and how hard: the `net:` part of config.yaml as the fetcher takes it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from watcher.model.when import SECOND, Micros
from watcher.text import urls

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Ports = tuple[tuple[int, int], ...]

DEFAULT_PORTS: Ports = ((80, 80), (443, 443), (8000, 8999))
STRANGERS_GAP: Micros = SECOND  # hosts that are not ours are never asked faster


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of `net.allow`: a host name or a network, on every port or on one."""

    host: str | None = None
    network: Network | None = None
    port: int | None = None

    def names(self, host: str, port: int) -> bool:
        return self.host == host and self.port in {None, port}

    def holds(self, address: Address, port: int) -> bool:
        return (
            self.network is not None
            and address.version == self.network.version
            and address in self.network
            and self.port in {None, port}
        )


@dataclass(frozen=True)
class NetPolicy:
    """`user_agent` is sent as it is. `allow` opens private hosts to fetching, `allow_post` to
    outgoing channels. `ports` are inclusive ranges. `gap` lies between the starts of two requests
    to one host; `deadline` bounds one fetch, `max_body` its decoded bytes. `robots_for_feeds`: the
    robots.txt is asked for subscribed feeds too."""

    user_agent: str
    allow: tuple[Rule, ...] = ()
    allow_post: tuple[Rule, ...] = ()
    ports: Ports = DEFAULT_PORTS
    gap: Micros = SECOND
    per_host: int = 1
    concurrency: int = 64
    deadline: Micros = 30 * SECOND
    max_body: int = 10_000_000
    robots_for_feeds: bool = False

    @cached_property
    def reach(self) -> Reach:
        """What a fetch may reach."""
        return Reach(self.allow, self.ports)

    @cached_property
    def post_reach(self) -> Reach:
        """What an outgoing channel may reach: another list than that of fetching."""
        return Reach(self.allow_post, self.ports)

    def posting_to(self, url: str) -> NetPolicy:
        """The same, but the host of `url` may be a private one for outgoing channels, on that port
        alone."""
        parts = urlsplit(url.strip())
        name = urls.host(url).strip("[]")
        port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
        literal = as_address(name)
        network = ipaddress.ip_network(literal) if literal is not None else None
        rule = Rule(None if network else name, network, port)
        return replace(self, allow_post=(*self.allow_post, rule))

    def gap_for(self, host: str, port: int) -> Micros:
        """Below a second only for hosts that the user named (spec `interfaces`, `net.gap`)."""
        allowed = self.reach.names(host, port)
        return self.gap if allowed else max(self.gap, STRANGERS_GAP)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which hosts, addresses and ports one direction of traffic may reach."""

    allow: tuple[Rule, ...] = ()
    ports: Ports = DEFAULT_PORTS

    def names(self, host: str, port: int) -> bool:
        """The user allowed this host by its name, or by the address that it is."""
        literal = as_address(host)
        if literal is not None:
            return self.holds(literal, port)
        return any(rule.names(host, port) for rule in self.allow)

    def holds(self, address: Address, port: int) -> bool:
        return any(rule.holds(address, port) for rule in self.allow)

    def opens(self, port: int) -> bool:
        return any(low <= port <= high for low, high in self.ports)

    @property
    def has_networks(self) -> bool:
        return any(rule.network is not None for rule in self.allow)


@lru_cache(maxsize=8_192)
def as_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def user_agent(version: str, contact: str | None) -> str:
    """`watcher/VERSION (+CONTACT)`: never a browser's (spec `polling` §5, check 49)."""
    return f"watcher/{version} (+{contact})" if contact else f"watcher/{version}"


def parse_rules(lines: Iterable[str]) -> tuple[Rule, ...]:
    return tuple(parse_rule(line) for line in lines)


def parse_rule(line: str) -> Rule:
    """`host`, `10.0.0.0/8`, `fd00::/8`, `::1`, `[::1]:8080` or `host:port`. Raises ValueError."""
    text = line.strip().lower()
    network = _network(text.removeprefix("[").removesuffix("]"))
    if network is not None:
        return Rule(network=network)
    host, colon, digits = text.rpartition(":")
    if not colon:
        return Rule(host=_host(text))
    network = _network(host.removeprefix("[").removesuffix("]"))
    port = _port(digits)
    return Rule(network=network, port=port) if network else Rule(host=_host(host), port=port)


def parse_ports(items: Iterable[int | str]) -> Ports:
    """Ports and ranges (`8000-8999`). Raises ValueError."""
    return tuple(_range(str(item)) for item in items)


def _range(text: str) -> tuple[int, int]:
    low, dash, high = text.partition("-")
    first, last = _port(low.strip()), _port((high if dash else low).strip())
    if first > last:
        raise ValueError(f"{text!r} runs backwards")
    return first, last


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _host(text: str) -> str:
    name = urls.host(f"http://{text}/")
    if not name or set(text) & set("/?#@[]:"):
        raise ValueError(f"{text!r} is no host, network or host:port")
    return name


def _port(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:6]) < 65_536):
        raise ValueError(f"{digits!r} is no port")
    return int(digits)
