"""`add`: subscribe to feeds, or to what a site has for feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli import feed_shapes, sources
from watcher.cli.options import DEFAULT_CONFIG, Where, json_options, where_options
from watcher.cli.output import one_line, print_object, say
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.model.feed import ParsedFeed
    from watcher.model.source import Discovered, Probe


@dataclass(frozen=True, slots=True)
class _Taken:
    """A feed that is meant, read."""

    probe: Probe
    feed: ParsedFeed

    @property
    def url(self) -> str:
        return self.probe.candidate.url


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--pick",
    "picks",
    metavar="N|URL",
    multiple=True,
    help="Of a site's feeds this one, by its number or address; several times for several.",
)
@click.option("--all", "everything", is_flag=True, help="All of a site's feeds.")
@click.option(
    "--page",
    metavar="SELECTOR",
    help="Watch the page itself, by the links under a CSS selector; `auto` finds them.",
)
@click.option("--seen", is_flag=True, help="What is there now raises no alert.")
@click.option("--dry-run", is_flag=True, help="Show what is there, write nothing.")
@where_options
@json_options
def add(
    where: Where,
    urls: tuple[str, ...],
    picks: tuple[str, ...],
    everything: bool,
    page: str | None,
    seen: bool,
    dry_run: bool,
    as_json: bool,
    ndjson: bool,
) -> None:
    """Subscribe to feeds, or to a site by the feeds that it has: each is read once to see that it
    is one, then written into config.yaml with its comments kept; where an address leads to none,
    none is written. A new feed is polled at once by the daemon, or by the next `once`.

    A site's only feed is taken. Of several you are asked which; where nobody can be asked they
    are listed, and --pick or --all says it. With --seen, what the feeds hold by now is stored and
    can be searched, but raises no alert.

    A page that has no feed is watched with --page: its links to articles are the entries, and what
    is not there yet is new.

    \b
    Examples:
      watcher add https://example.org/feed https://example.com/rss
      watcher add https://example.org/
      watcher add https://example.org/ --pick 2
      watcher add https://www.youtube.com/@example --dry-run
      watcher add https://example.org/news --page "main h2 a" --dry-run
    """
    as_json = as_json or ndjson
    settings = where.settings(needs_config=True)
    _check(urls, picks, everything=everything, page=page)
    asking = not (as_json or dry_run) and sources.somebody_is_there()
    choice = sources.Choice(picks, everything, asking, quiet=as_json)
    if page is not None:
        found, taken, open_ones = _read_pages(settings, urls, page, quiet=as_json)
    else:
        found, taken, open_ones = _read(settings, urls, choice)
    if open_ones or dry_run:
        _show(found, taken, open_ones, as_json=as_json)
        if open_ones and not dry_run:
            raise sources.ambiguous(open_ones)
        return
    written = _write(Path(where.config or DEFAULT_CONFIG), taken, seen=seen, page=page)
    take_over(settings.database, [one.url for one in taken])
    _tell(found, taken, written, as_json=as_json)


def _check(
    urls: Sequence[str], picks: Sequence[str], *, everything: bool, page: str | None
) -> None:
    for url in urls:
        if not url.lower().startswith(("http://", "https://")):
            raise UsageError(
                "WTC-USE-006",
                f"{url!r} is no http(s) address",
                hint="write it whole, for example https://example.org/feed",
            )
    if page is not None and (picks or everything):
        raise UsageError(
            "WTC-USE-014",
            "--page takes the page itself, so there is nothing to choose",
            hint="leave --pick and --all out, or --page",
        )
    if picks and (everything or len(urls) > 1):
        raise UsageError(
            "WTC-USE-013",
            "--pick is for the feeds of one site",
            hint="name one URL, and not --all",
        )


def _read(
    settings: Settings, urls: Sequence[str], choice: sources.Choice
) -> tuple[list[Discovered], list[_Taken], list[Discovered]]:
    """What the addresses lead to, the feeds that are meant, and the sites where somebody has to
    choose. Raises what a feed or site that cannot be had or read raises."""
    from watcher.reading import Reading

    found: list[Discovered] = []
    taken: dict[str, _Taken] = {}
    open_ones: list[Discovered] = []
    with Reading(settings) as reading:
        for url in urls:
            one = reading.sources(url, _unheard if choice.quiet else sources.told)
            found.append(one)
            meant = sources.chosen(one, choice)
            if not meant:
                open_ones.append(one)
                continue
            for probe in meant:
                feed = probe.feed or reading.feed(probe.candidate.url, None)
                if not choice.quiet:
                    sources.say_taken(probe, feed)
                taken.setdefault(probe.candidate.url, _Taken(probe, feed))
            if not (choice.picks or choice.asking or choice.quiet):
                sources.say_left(one, meant)
    return found, list(taken.values()), open_ones


def _read_pages(
    settings: Settings, urls: Sequence[str], selector: str, *, quiet: bool
) -> tuple[list[Discovered], list[_Taken], list[Discovered]]:
    """The addresses as list pages. Raises what a page that cannot be had or read raises."""
    from watcher.model.feed import PageRecipe
    from watcher.model.source import Candidate, Discovered, Probe
    from watcher.reading import Reading

    recipe = PageRecipe(None if selector == "auto" else _selector(selector))
    taken: list[_Taken] = []
    with Reading(settings) as reading:
        for url in dict.fromkeys(urls):
            feed = reading.listing(url, recipe)
            probe = Probe(Candidate(url, "itself", "a list page, by your word"), feed)
            if not quiet:
                sources.say_taken(probe, feed)
            taken.append(_Taken(probe, feed))
    return [Discovered(one.url, (one.probe,)) for one in taken], taken, []


def _selector(text: str) -> str:
    from watcher.config.recipes import selector
    from watcher.config.values import Unfit

    try:
        return selector(text)
    except Unfit as error:
        raise UsageError(
            "WTC-USE-015", f"--page: {text!r} is no CSS selector", hint='for example "main h2 a"'
        ) from error


def _unheard(_: Probe) -> None:
    """Errors under --json are the only line on standard error."""


def _show(
    found: Sequence[Discovered],
    taken: Sequence[_Taken],
    open_ones: Sequence[Discovered],
    *,
    as_json: bool,
) -> None:
    """The entries of what would be taken, and the offers of the sites that leave a choice."""
    if as_json:
        feeds = [{**feed_shapes.parsed_feed(one.feed), "url": one.url} for one in taken]
        print_object({"feeds": feeds, "sources": [sources.shape(one) for one in found]})
        return
    for one in taken:
        for entry in one.feed.entries:
            click.echo(one_line(f"  {entry.title}  {entry.url or ''}"))
    for site in open_ones:
        sources.show(site)


def _tell(
    found: Sequence[Discovered], taken: Sequence[_Taken], written: set[str], *, as_json: bool
) -> None:
    shape: list[dict[str, Any]] = [
        {"url": one.url, "title": one.feed.title, "added": one.url in written} for one in taken
    ]
    if as_json:
        print_object({"feeds": shape, "sources": [sources.shape(one) for one in found]})
        return
    for one in shape:
        click.echo(f"{'added' if one['added'] else 'already there'}: {one['url']}")
    if written:
        say("next: `watcher once`, or leave it to the running daemon")


def _write(path: Path, taken: Sequence[_Taken], *, seen: bool, page: str | None = None) -> set[str]:
    from watcher.config.edit import NewFeed, add_feeds
    from watcher.model.when import SECOND, rfc3339
    from watcher.system import SystemClock

    now = SystemClock().now() if seen else None
    until = None if now is None else rfc3339(now - now % SECOND + SECOND)
    new = [NewFeed(one.url, one.feed.title, seen=until, page=page) for one in taken]
    return {one.url for one in add_feeds(path, new)}


def take_over(database: Path, urls: list[str]) -> None:
    """Tells a running daemon; without one the next start reads the file."""
    from watcher.daemon.client import ask

    reply = ask(database, {"do": "add", "urls": urls})
    if reply is not None:
        for url in reply["missing"]:
            say(f"warning: the running daemon reads another config and does not know {url}")
