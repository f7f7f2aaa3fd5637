"""From a site's address to the feeds that are meant: what was asked is told, and where several
remain, somebody chooses."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.output import counted, one_line, print_table, say
from watcher.errors import InputError, UsageError
from watcher.model.source import Discovered, Probe
from watcher.text.urls import normalise

if TYPE_CHECKING:
    from watcher.model.feed import ParsedFeed

_NOWHERE = (
    "open the site in a browser and look for a link to its RSS; `watcher add` takes that address."
    " A page without a feed is watched by `watcher add URL --page auto`"
)
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says on it: numbers or addresses, or all."""

    picks: tuple[str, ...] = ()
    everything: bool = False
    asking: bool = False  # somebody is there to be asked
    quiet: bool = False  # programs read it all from the JSON


def told(probe: Probe) -> None:
    """One line for each request."""
    one, feed = probe.candidate, probe.feed
    if one.how == "itself":
        if feed is None:
            say(f"{one_line(one.url)}: {probe.problem}; looking for its feeds")
        return
    came = _feed_in_words(feed) if feed is not None else f"no feed: {probe.problem}"
    say(one_line(f"  {one.url}: {came}"))


def chosen(found: Discovered, choice: Choice) -> tuple[Probe, ...]:
    """The feeds of one site that are meant, in the order of their rank; more than one only where
    all or several were asked for. Raises InputError where none was found, UsageError where
    somebody has to choose and nobody did."""
    if not (found.offers if choice.picks else found.feeds):
        raise nothing(found)
    if choice.picks:
        return tuple(_picked(found, pick) for pick in choice.picks)
    if choice.everything or len(found.choices) == 1:
        return found.choices
    return _asked(found) if choice.asking else ()


def nothing(found: Discovered) -> InputError:
    asked = counted(found.requests, "place was", "places were")
    message = f"{found.site}: no feed was found; {asked} asked"
    if found.stopped:
        message += f", then the search ended: {found.stopped}"
    hint = _NOWHERE
    if found.offers:
        hint = "what was not asked may be one: `watcher add SITE --pick URL`"
    return InputError("WTC-FEED-010", message, hint=hint)


def ambiguous(found: Sequence[Discovered]) -> UsageError:
    """Several feeds, and nobody to ask."""
    one = found[0]
    return UsageError(
        "WTC-USE-011",
        f"{one.site} has {len(one.choices)} feeds",
        hint="take one with --pick N or --pick URL, or all of them with --all",
    )


def show(found: Discovered) -> None:
    """What a site offers, numbered, as data."""
    print_table(
        rows(found),
        [
            "pick",
            "url",
            "title",
            ("entries", lambda row: row["entries"]),
            ("what", lambda row: row["aside"] or row["problem"] or row["why"]),
        ],
        empty="no feeds",
    )


def rows(found: Discovered) -> list[dict[str, Any]]:
    """The offers of a site, by the numbers that `--pick` takes."""
    return [
        {
            "pick": number,
            "url": one.candidate.url,
            "title": (one.feed.title if one.feed else None) or one.candidate.title,
            "how": one.candidate.how,
            "why": one.candidate.why,
            "aside": one.candidate.aside,
            "note": one.candidate.note,
            "asked": one.asked,
            "entries": len(one.feed.entries) if one.feed else None,
            "problem": one.problem,
        }
        for number, one in enumerate(found.offers, 1)
    ]


def shape(found: Discovered) -> dict[str, Any]:
    return {
        "site": found.site,
        "requests": found.requests,
        "stopped": found.stopped,
        "offers": rows(found),
        "failed": [
            {"url": one.candidate.url, "how": one.candidate.how, "problem": one.problem}
            for one in found.probes
            if one.asked and one.feed is None
        ],
    }


def say_taken(probe: Probe, feed: ParsedFeed) -> None:
    say(f"{one_line(feed.title or probe.candidate.url)}: {_count(feed)} ({feed.kind})")
    if probe.candidate.note:
        say(f"note: {probe.candidate.note}")


def say_left(found: Discovered, taken: Sequence[Probe]) -> None:
    """What is there beside it, since the choice was ours."""
    left = [one for one in found.offers if one not in taken]
    for one in left[:_SHOWN]:
        why = one.candidate.aside or one.problem or "not asked for"
        say(one_line(f"not taken: {one.candidate.url} ({why})"))
    if len(left) > _SHOWN:
        say(f"not taken: {len(left) - _SHOWN} more; --dry-run --json lists them")


def _picked(found: Discovered, pick: str) -> Probe:
    if pick.isdigit():
        number = int(pick)
        if 1 <= number <= len(found.offers):
            return found.offers[number - 1]
        raise _no_such(found, pick)
    for one in found.offers:
        if normalise(one.candidate.url) == normalise(pick):
            return one
    raise _no_such(found, pick)


def _no_such(found: Discovered, pick: str) -> UsageError:
    offers = len(found.offers)
    return UsageError(
        "WTC-USE-012",
        f"--pick {pick}: {found.site} does not offer that",
        hint=f"give a number from 1 to {offers}, or one of the addresses; --dry-run lists them",
    )


def _asked(found: Discovered) -> tuple[Probe, ...]:
    """Asks on the terminal, again where the answer is none. Nothing is taken unasked."""
    click.echo(f"{one_line(found.site)} has {len(found.choices)} feeds:", err=True)
    for row in rows(found):
        what = row["aside"] or row["problem"] or f"{row['entries']} entries"
        title = one_line(row["title"] or "")
        click.echo(one_line(f"{row['pick']:3}  {row['url']}  {title} ({what})"), err=True)
    while True:
        answer = click.prompt("Which? (numbers, or all)", err=True).replace(",", " ").split()
        if answer == ["all"]:
            return found.choices
        try:
            return tuple(_picked(found, one) for one in answer)
        except UsageError as error:
            say(f"{error.message}: {error.hint}")


def somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _feed_in_words(feed: ParsedFeed) -> str:
    title = f", {feed.title}" if feed.title else ""
    return f"a feed{title}, {_count(feed)} ({feed.kind})"


def _count(feed: ParsedFeed) -> str:
    if feed.children:
        return counted(len(feed.children), "part", "parts")
    return counted(len(feed.entries), "entry", "entries")
