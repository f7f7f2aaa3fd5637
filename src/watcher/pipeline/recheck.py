"""Recheck: the page of a stored article looked at again. A new version is placed like any text; a
page that may be gone is looked at again until that is sure, and an article's last text is kept."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerts.changed import withdrawn
from watcher.articles import gone
from watcher.articles import recheck as rules
from watcher.articles.draft import from_page, from_stored
from watcher.articles.outlet import outlet_for
from watcher.articles.recipe import recipe_for
from watcher.model.alert import Notice, PlaceView
from watcher.model.article import ArticleDraft, ExtractFailed, Extraction
from watcher.model.feed import EntryJob
from watcher.model.kept import KeptPage
from watcher.model.page import Access, Fetched, FetchFailed, FetchRequest, FetchResult, NotModified
from watcher.model.recheck import Look, Looked, RecheckJob, Sign
from watcher.pipeline import poison
from watcher.pipeline.desk import Desk
from watcher.pipeline.notify import notify
from watcher.pipeline.outage import judged
from watcher.pipeline.place import place
from watcher.pipeline.pump import Turn
from watcher.pipeline.scrape import READABLE, kept, origin_of, page_draft
from watcher.pipeline.topics import Origin, as_matches
from watcher.ports import TellDecider
from watcher.stories.fingerprint import prints
from watcher.text.hashes import bytes_hash
from watcher.text.urls import origin


async def recheck(desk: Desk, job: RecheckJob, turn: Turn) -> None:
    """Asks for the page, conditionally and politely, and settles what came of it."""
    over = _over(desk, job)
    if over is not None:
        await _settle(desk, Looked(job, rules.ended(job.look, over)))
        return
    result = await _fetch(desk, job)
    await turn.wait()
    if isinstance(result, FetchFailed):
        await _not_had(desk, job, result)
    elif isinstance(result, NotModified) or bytes_hash(result.body) == job.look.body_hash:
        await _as_it_was(desk, job, _met(job.look, result))
    else:
        await _read(desk, job, result)


async def broke(desk: Desk, job: RecheckJob, error: Exception) -> None:
    """Our own code broke on the page: it is looked at again as if it had said nothing."""
    look = rules.unread(job.look, poison.words(error), desk.clock.now(), desk.recheck)
    await _settle(desk, Looked(job, look))


def _over(desk: Desk, job: RecheckJob) -> str | None:
    """Why the article is of no concern any more."""
    if not job.watched:
        return "its feed is no longer in config.yaml"
    if desk.recheck.pages == "matched" and not any(one in desk.topics.specs for one in job.topics):
        return "no topic of config.yaml is true on it"
    return None


async def _fetch(desk: Desk, job: RecheckJob) -> FetchResult:
    look = job.look
    asked = FetchRequest(
        look.url,
        "article",
        etag=look.etag,
        last_modified=look.last_modified,
        validated_url=look.validated_url,
        access=_access(desk, job),
    )
    result = await judged(desk, await desk.fetcher.fetch(asked))
    if isinstance(result, FetchFailed) and result.kind == "status" and result.pause is not None:
        pause = result.pause
        await desk.store.run(lambda store: store.pause_host(pause, desk.clock.now()))
    return result


def _access(desk: Desk, job: RecheckJob) -> Access | None:
    """A page at the origin of the feed that led to it is asked for as the feed is."""
    access = desk.access.get(job.look.feed or "")
    return access if access is not None and access.origin == origin(job.look.url) else None


def _met(look: Look, result: Fetched | NotModified) -> Look:
    """With what the answer said of itself, to be asked by the next time."""
    etag = result.headers.get("etag", look.etag if isinstance(result, NotModified) else None)
    last = result.headers.get(
        "last-modified", look.last_modified if isinstance(result, NotModified) else None
    )
    body = bytes_hash(result.body) if isinstance(result, Fetched) else look.body_hash
    at = result.final_url
    return replace(look, etag=etag, last_modified=last, validated_url=at, body_hash=body)


async def _not_had(desk: Desk, job: RecheckJob, failed: FetchFailed) -> None:
    sign = gone.of_failure(failed)
    if sign is not None:
        await _signed(desk, job, job.look, sign)
        return
    await _settle(desk, Looked(job, rules.failed(job.look, failed, desk.clock.now())))


async def _as_it_was(desk: Desk, job: RecheckJob, look: Look) -> None:
    """The same answer as the last time: as good, or as bad, as it was then."""
    if look.sign is not None and look.sign_why is not None:
        await _signed(desk, job, look, Sign(look.sign, look.sign_why))
        return
    await _settle(desk, Looked(job, rules.same(look, desk.clock.now(), desk.recheck)))


async def _read(desk: Desk, job: RecheckJob, result: Fetched) -> None:
    now = desk.clock.now()
    recipe = recipe_for(desk.scrape.recipes, result.final_url, now)
    read = await desk.parsers.extract(result.body, result.final_url, result.headers, now, recipe)
    if isinstance(read, ExtractFailed):
        look = rules.unread(job.look, f"{read.message} ({read.code})", now, desk.recheck)
        await _settle(desk, Looked(job, look))
        return
    look = _met(job.look, result)
    sign = gone.of_page(look.url, read, job.stored.text)
    if sign is not None:
        await _signed(desk, job, look, sign)
    elif read.state.kind not in READABLE:
        why = f"the page cannot be read: {read.state.kind}"
        await _settle(desk, Looked(job, rules.unread(job.look, why, now, desk.recheck)))
    else:
        await _place(desk, job, look, read, kept(desk, result, read))


async def _place(
    desk: Desk, job: RecheckJob, look: Look, read: Extraction, page: KeptPage | None
) -> None:
    """A version, new or not: the decision is the same as for what feeds bring."""
    fine = rules.same(look, desk.clock.now(), desk.recheck)
    looked = Looked(job, fine, back=job.look.gone is not None)
    await place(desk, _draft(desk, job, read), _origin(job), looked=looked, page=page)
    _tell(desk, looked)


def _draft(desk: Desk, job: RecheckJob, read: Extraction) -> ArticleDraft:
    """Under the address that the article is known by, wherever the page stood."""
    entry = _entry(job)
    if entry is not None:
        draft = page_draft(desk, entry, read)
    else:
        at = read.canonical_url or read.url
        outlet = outlet_for(at, read.site_name, None, desk.outlets.by_domain)
        names = desk.outlets.by_name
        first = job.stored.first_seen
        draft = from_page(read, outlet=outlet, seen_at=first, names=names, prints=prints(read.body))
    keys = tuple(dict.fromkeys((*job.stored.urls, *draft.urls)))
    return replace(draft, article=job.stored.article, url=job.stored.url, urls=keys)


def _entry(job: RecheckJob) -> EntryJob | None:
    if job.entry is None or job.feed is None:
        return None
    return EntryJob(job.entry, job.feed, job.token, job.stored.first_seen, has_article=True)


def _origin(job: RecheckJob) -> Origin:
    entry = _entry(job)
    return origin_of(entry) if entry else Origin(tags=job.tags, others=(*job.feeds, *job.names))


async def _signed(desk: Desk, job: RecheckJob, look: Look, sign: Sign) -> None:
    now = desk.clock.now()
    after, lost = rules.signed(look, sign, job.neighbours, now, desk.recheck)
    looked = Looked(job, after, lost=lost)
    if not lost:
        await _settle(desk, looked)
        return
    draft = from_stored(job.stored)
    found = desk.topics.find(draft, _origin(job))

    def tell(view: PlaceView) -> Notice:
        matches = as_matches(found, job.stored.article, job.stored.revision)
        specs, since = desk.topics.specs, after.gone_at or now
        alerts = withdrawn(job.stored, sign, matches, specs, desk.alerts, since, now)
        return notify(desk, draft, _origin(job), view, None, matches, alerts)

    await _settle(desk, looked, draft, tell)


async def _settle(
    desk: Desk,
    looked: Looked,
    draft: ArticleDraft | None = None,
    tell: TellDecider | None = None,
) -> None:
    now = desk.clock.now()
    if await desk.store.run(lambda store: store.settle_recheck(looked, now, draft, tell)):
        _tell(desk, looked)
        if looked.lost:
            desk.wake("deliver")
            desk.wake("gather")


def _tell(desk: Desk, looked: Looked) -> None:
    look = looked.look
    event = "gone" if looked.lost else "back" if looked.back else "recheck"
    desk.journal.note(
        event,
        article=look.article,
        url=look.url,
        kind=look.gone,
        sign=look.sign,
        why=look.why,
        next_look=look.due,
    )
