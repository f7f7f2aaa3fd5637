"""`doctor`, the part that asks the network: names, the clock of others, mail server, webhooks.
Nothing is sent to anybody but one plain request to a host of our feeds."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import anyio

from watcher.errors import WatcherError
from watcher.model.health import Finding
from watcher.model.when import SECOND, Micros

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.net.policy import NetPolicy

HOSTS = 5  # of feeds that are looked up
CLOCK_OFF: Micros = 60 * SECOND


def ask_around(settings: Settings, now: Micros) -> list[Finding]:
    """What the network says. Takes seconds."""

    async def main() -> list[Finding]:
        return [
            *await _names(settings),
            *await _clock(settings, now),
            *await _mail(settings),
            *await _hooks(settings),
        ]

    return anyio.run(main)


async def _names(settings: Settings) -> list[Finding]:
    from watcher.app import net_policy
    from watcher.net.probe import resolves

    policy = net_policy(settings)
    asked = _some_urls(settings)
    problems = [(url, said) for url in asked if (said := await resolves(url, policy))]
    if not asked:
        return []
    if len(problems) == len(asked):
        return [
            Finding(
                "dns",
                "error",
                f"no host of the feeds could be looked up: {problems[0][1]}",
                "is this machine online? what does /etc/resolv.conf name?",
            )
        ]
    found = [
        Finding("dns", "warning", f"{url}: {said}", "is its address still right?")
        for url, said in problems
    ]
    return found or [Finding("dns", "ok", f"{len(asked)} hosts of feeds have addresses")]


def _some_urls(settings: Settings) -> list[str]:
    from watcher.text.urls import host

    by_host = {host(feed.url): feed.url for feed in settings.feeds}
    return list(by_host.values())[:HOSTS]


async def _clock(settings: Settings, now: Micros) -> list[Finding]:
    from watcher.app import net_policy

    policy = net_policy(settings)
    for url in _some_urls(settings)[:2]:
        theirs = await _date(url, policy)
        if theirs is None:
            continue
        off = theirs - now
        if abs(off) <= CLOCK_OFF:
            return [Finding("clock", "ok", "the machine's clock agrees with others")]
        word = "behind" if off > 0 else "ahead of"
        return [
            Finding(
                "clock",
                "warning",
                f"the machine's clock is {abs(off) // SECOND} s {word} that of {url}",
                "let the machine set its clock by NTP (`timedatectl set-ntp true`)",
            )
        ]
    return []


async def _date(url: str, policy: NetPolicy) -> Micros | None:
    """The Date header of the host's robots.txt, which every crawler asks for."""
    from urllib.parse import urljoin

    from watcher.model.page import FetchFailed, FetchRequest
    from watcher.net.fetcher import HttpFetcher
    from watcher.system import SystemClock

    async with HttpFetcher(policy, SystemClock()) as fetcher:
        answer = await fetcher.fetch(FetchRequest(urljoin(url, "/robots.txt"), "feed"))
    stated = {} if isinstance(answer, FetchFailed) else answer.headers
    try:
        return round(parsedate_to_datetime(stated.get("date", "")).timestamp() * SECOND)
    except (ValueError, TypeError):
        return None


async def _mail(settings: Settings) -> list[Finding]:
    from watcher.channels.probe import mail_problem
    from watcher.senders import mail_line

    if settings.mail is None or not any(one.kind == "email" for one in settings.channels):
        return []
    where = f"{settings.mail.host}:{settings.mail.port}"
    try:
        said = await mail_problem(mail_line(settings.mail))
    except WatcherError as error:
        return [Finding("mail", "error", error.message, error.hint)]
    if said is None:
        return [Finding("mail", "ok", f"the mail server {where} takes us")]
    fix = "look at `email:` in config.yaml: host, port, security, user and password"
    return [Finding("mail", "error", f"the mail server does not take us: {said}", fix)]


async def _hooks(settings: Settings) -> list[Finding]:
    from watcher.app import net_policy
    from watcher.net.probe import reaches
    from watcher.senders import addresses

    policy = net_policy(settings)
    found = []
    try:
        posted = list(addresses(settings))
    except WatcherError as error:
        return [Finding("webhook", "error", error.message, error.hint)]
    for name, url, private in posted:
        said = await reaches(url, (policy.posting_to(url) if private else policy).post_reach)
        if said is None:
            found.append(Finding("webhook", "ok", f"{name} can be reached"))
            continue
        fix = (
            f"is the address right, and its host up? `watcher channels test {name}` sends a sample"
        )
        if "WTC-NET-006" in said or "WTC-NET-002" in said:
            fix = "if it is meant, write its host under `net:` as `allow_post: [HOST]`"
        found.append(Finding("webhook", "error", f"{name} cannot be reached: {said}", fix))
    return found
