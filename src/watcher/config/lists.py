"""Subscription lists that a config names (`feeds: [{opml: FILE}]`), read from beside it."""

from __future__ import annotations

from pathlib import Path

from watcher.config.models import Config, Feed, OpmlList
from watcher.config.positions import Document
from watcher.errors import ConfigError, WatcherError
from watcher.feeds.opml import Subscription, parse_opml
from watcher.text.urls import normalise


def read_lists(
    config: Config, document: Document, folder: Path
) -> tuple[tuple[Feed, ...], list[WatcherError], list[str]]:
    """Every feed of the lists that the config does not have itself, in order and once; the lists
    that cannot be read as problems; addresses in them that are none as warnings."""
    own = {normalise(one.url) for one in config.feeds if isinstance(one, Feed)}
    found: dict[str, Feed] = {}
    problems: list[WatcherError] = []
    warnings: list[str] = []
    for index, one in enumerate(config.feeds):
        if not isinstance(one, OpmlList):
            continue
        try:
            read = parse_opml((folder / one.opml).read_bytes())
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            problems.append(
                ConfigError(
                    "WTC-CFG-031",
                    f"the list {one.opml} cannot be used: {said}",
                    hint="name an OPML file, relative to the folder of this file",
                    place=document.place(("feeds", index, "opml")),
                )
            )
            continue
        warnings.extend(f"{one.opml}: {url!r} is no http(s) address" for url in read.refused)
        for each in read.feeds:
            address = normalise(each.url)
            if address not in own:
                found.setdefault(address, _feed(each, one))
    return tuple(found.values()), problems, warnings


def _feed(each: Subscription, given: OpmlList) -> Feed:
    feed = Feed(
        url=each.url,
        title=each.title,
        tags=tuple(dict.fromkeys((*given.tags, *each.tags))),
        folder=each.folders,
    )
    # Copied, not given: these values were read before, and a duration is not written as it is held.
    return feed.model_copy(update={"every": given.every, "scrape": given.scrape})
