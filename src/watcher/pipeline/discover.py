"""Discovery: from a site's address to its feeds (spec `polling` §7), once, because somebody asked.

One request after the other, at most `MAX_PROBES` beyond the address itself, robots.txt obeyed,
and none after a host asked to be left alone (check 53). What is asked next stands behind what a
better way found: a site that names its feeds is never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from watcher.feeds import discover as places
from watcher.feeds.hosts import host_feeds
from watcher.feeds.notfeed import is_page, obstacle
from watcher.model.feed import ParsedFeed, ParseFailed
from watcher.model.page import Access, Fetched, FetchFailed, FetchRequest, Purpose
from watcher.model.source import Candidate, Discovered, Probe
from watcher.ports import Fetcher, Parsers
from watcher.text.urls import host, normalise

MAX_PROBES = 10
FOR_SITEMAPS = 3  # of them
_ALIKE = 5  # entries that two feeds share before one of them is the other's twin
_SILENT = frozenset({"dns", "connect", "tls", "timeout"})  # no use to ask the host for more
_ITSELF = "the address itself is a feed"
_NOT_FEED = "WTC-FEED-002"  # `feeds.notfeed`: a web page

Tell = Callable[[Probe], None]


async def discover(
    site: str, fetcher: Fetcher, parsers: Parsers, tell: Tell, *, access: Access | None = None
) -> Discovered | FetchFailed | ParseFailed:
    """The feeds of the site at `site`, or why there is nothing to look at. `tell` hears of every
    request when it is done. `access`: how the address itself is asked."""
    search = _Search(site, fetcher, parsers, tell)
    failed = await search.run(access)
    found = search.discovered()
    return failed if failed is not None and not found.offers else found


class _Search:
    """What was asked so far, and what came of it."""

    def __init__(self, site: str, fetcher: Fetcher, parsers: Parsers, tell: Tell) -> None:
        self._site = site
        self._fetcher = fetcher
        self._parsers = parsers
        self._tell = tell
        self._probes: list[Probe] = []
        self._known: set[str] = set()
        self._silent: set[str] = set()  # hosts
        self._requests = 0
        self._stopped: str | None = None

    def discovered(self) -> Discovered:
        probes = tuple(_twins_aside(self._probes))
        return Discovered(self._site, probes, self._requests, self._stopped)

    async def run(self, access: Access | None) -> FetchFailed | ParseFailed | None:
        """Returns why the page could not be read, where that ended the search."""
        if await self._tier(host_feeds(self._site)) or self._stopped:
            return None
        page = await self._fetcher.fetch(FetchRequest(self._site, "feed", access=access))
        if not isinstance(page, Fetched):
            return page if isinstance(page, FetchFailed) else None
        read = await self._itself(page)
        if isinstance(read, ParsedFeed):
            self._heard(Probe(Candidate(self._site, "itself", _ITSELF), read))
            return None
        if isinstance(read, ParseFailed) and read.code != _NOT_FEED:
            return read
        self._tell(Probe(Candidate(page.final_url, "itself", ""), None, "a web page, not a feed"))
        return await self._of_page(page)

    async def _itself(self, page: Fetched) -> ParsedFeed | ParseFailed | None:
        if is_page(page.body):
            return None
        return await self._parsers.parse_feed(page.body, page.final_url, page.headers)

    async def _of_page(self, page: Fetched) -> ParseFailed | None:
        url = page.final_url
        found = await self._parsers.page_feeds(page.body, url, page.headers)
        broken = found if isinstance(found, ParseFailed) else None
        named = () if isinstance(found, ParseFailed) else found
        stated = [one for one in named if one.how != "anchor"]
        anchors = [one for one in named if one.how == "anchor"]
        if await self._tier(stated) or await self._tier(anchors):
            return None
        self._stopped = self._stopped or obstacle(page.body, page.headers)
        done = (
            await self._tier(places.guesses(url), first=True, keep=FOR_SITEMAPS)
            or await self._sitemap(url)
            or await self._tier(places.guesses(url, rare=True), first=True)
        )
        return None if done or self._stopped else broken

    async def _sitemap(self, url: str) -> bool:
        if self._stopped:
            return False
        named = await self._fetcher.sitemaps(url)
        return await self._tier(places.news_sitemaps(url, named)[:FOR_SITEMAPS], first=True)

    async def _tier(
        self, candidates: Iterable[Candidate], *, first: bool = False, keep: int = 0
    ) -> bool:
        """Whether there is a feed among `candidates`. All are asked, or only until the `first`
        feed; those that are aside only where nothing better is one. `keep`: requests left over
        for others."""
        fresh = [one for one in candidates if normalise(one.url) not in self._known]
        self._known.update(normalise(one.url) for one in fresh)
        asides = [one for one in fresh if one.aside is not None]
        found = await self._ask([one for one in fresh if one.aside is None], first, keep)
        if found:
            self._probes.extend(Probe(one, None, "not asked", asked=False) for one in asides)
            return True
        return await self._ask(asides, True, keep)

    async def _ask(self, candidates: Sequence[Candidate], first: bool, keep: int) -> bool:
        found = False
        for one in candidates:
            if host(one.url) in self._silent:
                continue
            if self._stopped or self._requests >= MAX_PROBES - keep:
                if one.how not in {"guess", "sitemap"}:
                    self._probes.append(Probe(one, None, "not asked", asked=False))
                continue
            probe = await self._probe(one)
            # What turned out to be less than it seemed ends no search.
            held = self._heard(probe) and probe.candidate.aside == one.aside
            found = found or held
            if held and first:
                break
        return found

    async def _probe(self, one: Candidate) -> Probe:
        self._requests += 1
        guessed = one.how in {"guess", "sitemap"}
        purpose: Purpose = "sitemap" if one.how == "sitemap" else "discovery"
        got = await self._fetcher.fetch(FetchRequest(one.url, purpose, follow=not guessed))
        if isinstance(got, FetchFailed):
            if got.kind in _SILENT and not got.hops:
                self._silent.add(host(one.url))
            if got.status == 429 or got.pause is not None or got.kind == "paused":
                self._stopped = got.message
            return Probe(one, None, got.message)
        if not isinstance(got, Fetched):
            return Probe(one, None, "it has nothing to show")
        read = await self._parsers.parse_feed(got.body, got.final_url, got.headers)
        if isinstance(read, ParseFailed):
            return Probe(one, None, read.message)
        return Probe(_weighed(one, read), read)

    def _heard(self, probe: Probe) -> bool:
        self._tell(probe)
        self._probes.append(probe)
        return probe.feed is not None


def _weighed(one: Candidate, read: ParsedFeed) -> Candidate:
    """A sitemap of everything says what pages there are; that is no news."""
    everything = one.how == "sitemap" and read.kind != "sitemap-news"
    return replace(one, aside="all pages of the site, not news alone") if everything else one


def _twins_aside(probes: Iterable[Probe]) -> Iterable[Probe]:
    """Sites offer the same entries in several formats: all but the first are set aside."""
    kept: list[tuple[str, list[str]]] = []
    for one in probes:
        if one.feed is None or one.candidate.aside is not None:
            yield one
            continue
        entries = [entry.url or entry.id or entry.title for entry in one.feed.entries]
        twin = next((url for url, held in kept if _alike(held, entries)), None)
        if twin is None:
            kept.append((one.candidate.url, entries))
            yield one
        else:
            aside = f"the same entries as {twin}"
            yield replace(one, candidate=replace(one.candidate, aside=aside))


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    shared = min(len(one), len(other))
    enough = shared >= _ALIKE or (shared > 0 and len(one) == len(other))
    return enough and set(one[:shared]) == set(other[:shared])
