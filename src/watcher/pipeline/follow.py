"""Follow: the page behind a link of a matched article, asked for once. Where a topic that wants it
is true on it too, it becomes an article; else nothing is kept of it but that it was asked."""

from __future__ import annotations

from dataclasses import replace

from watcher.articles.draft import from_page
from watcher.articles.outlet import outlet_for
from watcher.articles.recipe import recipe_for
from watcher.model.article import ArticleDraft, ExtractFailed, Extraction
from watcher.model.feed import ParseFailed
from watcher.model.follow import Followed, FollowJob, FollowOutcome
from watcher.model.page import Access, Fetched, FetchFailed, FetchRequest, NotModified
from watcher.model.when import DAY, Micros
from watcher.pipeline import poison
from watcher.pipeline.desk import Desk
from watcher.pipeline.outage import judged
from watcher.pipeline.place import place
from watcher.pipeline.pump import Turn
from watcher.pipeline.scrape import READABLE, kept
from watcher.pipeline.topics import Origin
from watcher.stories.fingerprint import prints
from watcher.text.urls import key, origin

TRIES = 2  # a page that could not be had is asked for once more, a day later
AGAIN: Micros = DAY


async def follow(desk: Desk, job: FollowJob, turn: Turn) -> None:
    """Asks for the page, politely like any other, and settles the link with what came of it."""
    got = await _page(desk, job)
    await turn.wait()
    if isinstance(got, FetchFailed):
        await _not_had(desk, job, got)
        return
    page, read = got
    keys = _keys(page, read if isinstance(read, Extraction) else None)
    if isinstance(read, ExtractFailed):
        await _settle(desk, _ended(desk, job, "failed", read.message, keys, code=read.code))
        return
    unfit = _unfit(desk, read)
    if unfit is not None:
        await _settle(desk, _ended(desk, job, "not_article", unfit, keys))
        return
    draft = _draft(desk, job, read)
    if not _wanted(desk, job, draft):
        why = "no topic that follows it is true on it: " + ", ".join(job.link.topics)
        await _settle(desk, _ended(desk, job, "no_match", why, keys))
        return
    done = _ended(desk, job, "article", "it matches too", keys)
    done = replace(done, feed_url=await _feed(desk, page))
    await place(desk, draft, _origin(job), followed=done, page=kept(desk, page, read))


async def broke(desk: Desk, job: FollowJob, error: Exception) -> None:
    """Our own code broke on the page: it is not asked for again."""
    said = poison.words(error)
    await _settle(desk, _ended(desk, job, "failed", said, (), code=poison.CODE))


async def _page(
    desk: Desk, job: FollowJob
) -> FetchFailed | tuple[Fetched, Extraction | ExtractFailed]:
    asked = FetchRequest(job.link.url, "article", access=_access(desk, job))
    result = await judged(desk, await desk.fetcher.fetch(asked))
    if isinstance(result, NotModified):
        return FetchFailed(
            job.link.url, "status", "WTC-NET-304", "the server answered 304 to a plain request"
        )
    if isinstance(result, FetchFailed):
        pause = result.pause
        if result.kind == "status" and pause is not None:
            await desk.store.run(lambda store: store.pause_host(pause, desk.clock.now()))
        return result
    now = desk.clock.now()
    recipe = recipe_for(desk.scrape.recipes, result.final_url, now)
    read = await desk.parsers.extract(result.body, result.final_url, result.headers, now, recipe)
    return result, read


def _access(desk: Desk, job: FollowJob) -> Access | None:
    """A page at the origin of a feed that brought the article is asked for as the feed is."""
    for feed in job.feeds:
        access = desk.access.get(feed)
        if access is not None and access.origin == origin(job.link.url):
            return access
    return None


async def _not_had(desk: Desk, job: FollowJob, failed: FetchFailed) -> None:
    now = desk.clock.now()
    due: Micros | None = None
    if failed.kind == "paused":
        due = now + (failed.retry_after or 0)
    elif not failed.permanent and job.attempts + 1 < TRIES:
        due = now + max(AGAIN, failed.retry_after or 0)
    done = _ended(desk, job, "failed", failed.message, (), code=failed.code)
    await _settle(desk, replace(done, due=due, tried=failed.kind != "paused"))


def _unfit(desk: Desk, read: Extraction) -> str | None:
    if read.state.kind not in READABLE:
        return f"the page is no article: {read.state.kind}"
    if read.noarchive and not desk.scrape.keep_noarchive:
        return f"it asks not to be archived: {read.noarchive}"
    return None


def _draft(desk: Desk, job: FollowJob, read: Extraction) -> ArticleDraft:
    """Without a date it counts as old: what is offered as related often is."""
    outlet = outlet_for(
        read.canonical_url or read.url, read.site_name, None, desk.outlets.by_domain
    )
    draft = from_page(
        read,
        outlet=outlet,
        seen_at=desk.clock.now(),
        names=desk.outlets.by_name,
        prints=prints(read.body),
    )
    keys = tuple(dict.fromkeys((*draft.urls, job.link.key)))
    return replace(
        draft, urls=keys, depth=job.link.depth, counts_as_old=draft.text.published is None
    )


def _wanted(desk: Desk, job: FollowJob, draft: ArticleDraft) -> bool:
    found = {one.topic for one in desk.topics.find(draft, _origin(job))}
    return not found.isdisjoint(job.link.topics)


def _origin(job: FollowJob) -> Origin:
    """In a topic's scope the page stands where the article with its link does."""
    return Origin(tags=job.tags, others=(*job.feeds, *job.names))


def _keys(page: Fetched, read: Extraction | None) -> tuple[str, ...]:
    """The addresses that the page was had under: none of them is asked for again."""
    stated = read.canonical_url if read is not None else None
    same = stated if stated and origin(stated) == origin(page.final_url) else None
    return tuple(dict.fromkeys(key(one) for one in (page.final_url, same) if one))


async def _feed(desk: Desk, page: Fetched) -> str | None:
    """The feed that the page names, for whoever wants the outlet as a source."""
    found = await desk.parsers.page_feeds(page.body, page.final_url, page.headers)
    if isinstance(found, ParseFailed):
        return None
    named = (one for one in found if one.how in {"header", "link"} and one.aside is None)
    return next((one.url for one in named), None)


def _ended(
    desk: Desk,
    job: FollowJob,
    outcome: FollowOutcome,
    why: str,
    keys: tuple[str, ...],
    *,
    code: str | None = None,
) -> Followed:
    return Followed(job, outcome, desk.clock.now(), why, code, keys=keys)


async def _settle(desk: Desk, followed: Followed) -> None:
    await desk.store.run(lambda store: store.settle_follow(followed))
    desk.journal.note(
        "followed",
        url=followed.job.link.url,
        article=followed.job.article,
        outcome=followed.outcome,
        code=followed.code,
        why=followed.why,
        next_try=followed.due,
    )
