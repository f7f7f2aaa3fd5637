"""Scrape: the page behind an entry, or, when it is not to be had, the feed's text in its place."""

from __future__ import annotations

from typing import NamedTuple

from watcher.articles.draft import from_entry, from_page
from watcher.articles.learn import site_of
from watcher.articles.outlet import outlet_for
from watcher.articles.recipe import recipe_for
from watcher.model.article import ArticleDraft, ExtractFailed, Extraction, Outlet
from watcher.model.feed import EntryJob
from watcher.model.kept import KeptPage
from watcher.model.page import Access, Fetched, FetchFailed, FetchRequest, NotModified
from watcher.model.site import Lesson
from watcher.model.when import DAY, HOUR, MINUTE, Micros
from watcher.pipeline import poison
from watcher.pipeline.desk import Desk
from watcher.pipeline.outage import judged
from watcher.pipeline.place import place, tell_drift
from watcher.pipeline.pump import Turn
from watcher.pipeline.topics import Origin
from watcher.stories.fingerprint import prints
from watcher.text.urls import origin

# Waits before the next try at a page, by the number of tries before; then it is given up.
WAITS: tuple[Micros, ...] = (
    MINUTE,
    4 * MINUTE,
    10 * MINUTE,
    HOUR,
    6 * HOUR,
    DAY,
)

# What a page may be and still be read as an article. A live blog or a teaser is one, with what
# it lacks said; a consent wall, an error page or an empty shell is not.
READABLE = frozenset({"article", "teaser", "live"})


NO_ARTICLE = "WTC-ART-STATE"


class PageRead(NamedTuple):
    """What was read, and off which page where that is kept."""

    read: Extraction
    page: KeptPage | None


async def scrape(desk: Desk, job: EntryJob, turn: Turn) -> None:
    """Brings one entry's text into the store: the page's, or the feed's (spec DESIGN, data flow).

    A page that fails for good yields the feed's text at once; one that may yet come is asked for
    again until `scrape.patience` has passed, then the feed's text stands in and the page is still
    wanted."""
    if not _page_wanted(desk, job):
        await turn.wait()
        await _place_entry(desk, job, why="the page is not wanted (scrape setting)", again=None)
        return
    got = await _page(desk, job)
    await turn.wait()
    if isinstance(got, PageRead):
        await _place_page(desk, job, got.read, got.page)
    else:
        await _without_page(desk, job, got)


async def broke(desk: Desk, job: EntryJob, error: Exception) -> None:
    """Settles an entry whose scraping raised `error`: tried again later, or set aside, with the
    feed's text in place of its page if that can be had."""
    stage = poison.stage_of(error)
    again = await poison.count(desk, job, stage, poison.CODE, poison.words(error))
    if again is None and not job.has_article:
        try:
            await _place_entry(desk, job, why="its page broke our code", again=None)
            return
        except Exception as second:
            error = second
    await poison.put_off(desk, job, error, again)


def _page_wanted(desk: Desk, job: EntryJob) -> bool:
    mode = job.feed.spec.scrape
    if job.entry.url is None or mode == "never":
        return False
    return mode == "all" or desk.topics.any_true(_entry_draft(desk, job, ""), origin_of(job))


async def _page(desk: Desk, job: EntryJob) -> PageRead | FetchFailed | ExtractFailed:
    url = job.entry.url or ""
    asked = FetchRequest(url, "article", access=_access(desk, job, url))
    result = await judged(desk, await desk.fetcher.fetch(asked))
    if isinstance(result, NotModified):
        return ExtractFailed("WTC-ART-304", "the server answered 304 to a plain request")
    if isinstance(result, FetchFailed):
        await _keep_pause(desk, result)
        return result
    now = desk.clock.now()
    recipe = recipe_for(desk.scrape.recipes, result.final_url, now)
    read = await desk.parsers.extract(result.body, result.final_url, result.headers, now, recipe)
    if isinstance(read, Extraction):
        _tell(desk, job, read)
    if isinstance(read, Extraction) and read.state.kind not in READABLE:
        return ExtractFailed(NO_ARTICLE, f"the page is no article: {read.state.kind}")
    if isinstance(read, Extraction) and read.noarchive and not desk.scrape.keep_noarchive:
        return ExtractFailed("WTC-ART-NOARCHIVE", f"it asks not to be archived: {read.noarchive}")
    return read if isinstance(read, ExtractFailed) else PageRead(read, kept(desk, result, read))


def kept(desk: Desk, page: Fetched, read: Extraction) -> KeptPage | None:
    """The page, where pages are kept and it does not ask not to be."""
    keep = desk.scrape.keep_pages
    if keep is None or read.noarchive:
        return None
    return KeptPage(page.final_url, page.headers, page.body, desk.clock.now(), keep)


def _tell(desk: Desk, job: EntryJob, read: Extraction) -> None:
    """A recipe that no longer fits its site is somebody's to mend."""
    for notice in read.notices:
        desk.journal.note(
            "recipe_missed",
            entry=job.entry.entry,
            url=read.url,
            error=notice,
            hint=f"the page was read without it; try `watcher extract {read.url} --why`",
        )


def _access(desk: Desk, job: EntryJob, url: str) -> Access | None:
    """A page at the feed's own origin is asked for as the feed is; others are strangers."""
    access = desk.access.get(job.feed.spec.feed)
    return access if access is not None and access.origin == origin(url) else None


async def _keep_pause(desk: Desk, failed: FetchFailed) -> None:
    pause = failed.pause
    if failed.kind == "status" and pause is not None:
        await desk.store.run(lambda store: store.pause_host(pause, desk.clock.now()))


async def _without_page(desk: Desk, job: EntryJob, failed: FetchFailed | ExtractFailed) -> None:
    now = desk.clock.now()
    again = _next_try(job, failed, now) if isinstance(failed, FetchFailed) else None
    waiting = again is not None and now - job.first_seen < desk.scrape.patience
    if failed.code == NO_ARTICLE:
        await _learn_poor(desk, job, failed.message)
    if failed.code.startswith(poison.KILLED):
        # Perhaps the machine was busy; but nobody waits for it.
        again = await poison.count(desk, job, "extract", failed.code, failed.message)
    desk.journal.note(
        "page_missing",
        entry=job.entry.entry,
        url=job.entry.url,
        code=failed.code,
        error=failed.message,
        hint=failed.hint,
        next_try=again,
    )
    if job.has_article or waiting:
        if waiting and again is not None:
            again = min(again, job.first_seen + desk.scrape.patience)
        await desk.store.run(
            lambda store: store.defer_entry(
                job, again, failed.code, failed.message, tried=not _is_paused(failed)
            )
        )
        return
    await _place_entry(desk, job, why=f"the page could not be had: {failed.message}", again=again)


async def _learn_poor(desk: Desk, job: EntryJob, why: str) -> None:
    """An entry's page that is no article says something of the site it is on."""
    if job.has_article:
        return
    host, now = site_of(job.entry.url or ""), desk.clock.now()
    drift = await desk.store.run(lambda store: store.learn_site(Lesson(host, poor=why), now))
    if drift is not None:
        tell_drift(desk, host, drift)


def _next_try(job: EntryJob, failed: FetchFailed, now: Micros) -> Micros | None:
    """When the page is asked for again: the stage's own wait or the publisher's, the longer. A
    host that is paused is no try."""
    if _is_paused(failed):
        return now + (failed.retry_after or 0)
    if failed.permanent or job.attempts >= len(WAITS):
        return None
    return now + max(WAITS[job.attempts], failed.retry_after or 0)


def _is_paused(failed: FetchFailed | ExtractFailed) -> bool:
    return isinstance(failed, FetchFailed) and failed.kind == "paused"


async def _place_page(desk: Desk, job: EntryJob, read: Extraction, page: KeptPage | None) -> None:
    await place(desk, page_draft(desk, job, read), origin_of(job), job=job, page=page)


def page_draft(desk: Desk, job: EntryJob, read: Extraction) -> ArticleDraft:
    """The page's text, with what its entry says where it does not."""
    outlet = _outlet(desk, job, read.canonical_url or read.url, read.site_name)
    return from_page(
        read,
        outlet=outlet,
        seen_at=job.first_seen,
        entry=job.entry,
        feed_tags=job.feed.spec.tags,
        seen_until=job.feed.spec.seen,
        names=desk.outlets.by_name,
        prints=prints(read.body),
    )


async def _place_entry(desk: Desk, job: EntryJob, *, why: str, again: Micros | None) -> None:
    await place(desk, _entry_draft(desk, job, why), origin_of(job), job=job, next_due=again)


def _entry_draft(desk: Desk, job: EntryJob, why: str) -> ArticleDraft:
    entry = job.entry
    return from_entry(
        entry,
        outlet=_outlet(desk, job, entry.url or job.feed.fetch_url, None),
        seen_at=job.first_seen,
        feed_tags=job.feed.spec.tags,
        seen_until=job.feed.spec.seen,
        prints=prints(entry.text),
        why=why,
    )


def _outlet(desk: Desk, job: EntryJob, url: str, site_name: str | None) -> Outlet:
    named = job.feed.spec.outlet
    title = named or job.feed.spec.title or job.feed.title
    return outlet_for(url, None if named else site_name, title, desk.outlets.by_domain)


def origin_of(job: EntryJob) -> Origin:
    state = job.feed
    tags = tuple(
        dict.fromkeys((*state.spec.tags, *(tag for one in state.also for tag in one.tags)))
    )
    others = tuple(
        name for one in state.also for name in (one.feed, one.url, one.title) if name is not None
    )
    spec = state.spec
    return Origin(spec.feed, state.title, spec.url, state.site_url, tags, others)
