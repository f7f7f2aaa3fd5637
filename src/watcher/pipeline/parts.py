"""The parts of a sitemap index, asked one after the other: politely, and not many at a poll."""

from __future__ import annotations

from watcher.feeds import parts
from watcher.model.feed import Child, FeedJob, ParsedFeed, ParseFailed
from watcher.model.page import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified
from watcher.pipeline.desk import Desk
from watcher.pipeline.outage import judged


async def follow(
    desk: Desk, job: FeedJob, index: ParsedFeed
) -> ParsedFeed | ParseFailed | FetchFailed:
    """`index` with the entries of those of its parts that may have changed, or why none of them
    could be had."""
    memory = job.state.memory
    asked: list[parts.Asked] = []
    for part in parts.wanted(index.children, memory):
        asked.append(await _ask(desk, job, part))
        read = asked[-1].read
        if isinstance(read, FetchFailed) and parts.stops(read):
            break
    return parts.failed(asked) or parts.merged(index, asked, memory)


def unchanged_index(job: FeedJob, result: FetchResult) -> ParsedFeed | None:
    """For an index that is as it was: it is read again for those parts alone that do not say when
    they changed."""
    memory = job.state.memory
    held = parts.remembered(memory)
    if isinstance(result, FetchFailed) or not parts.wanted(held, memory):
        return None
    return ParsedFeed(None, None, None, None, (), job.state.reader or "", parts.KIND, children=held)


async def _ask(desk: Desk, job: FeedJob, part: Child) -> parts.Asked:
    asked = FetchRequest(
        part.url,
        "sitemap",
        part.etag,
        part.last_modified,
        access=desk.access.get(job.state.spec.feed),
    )
    got = await judged(desk, await desk.fetcher.fetch(asked))
    if isinstance(got, FetchFailed):
        return parts.Asked(part, got, wait=not got.permanent)
    part = _told(part, got)
    if isinstance(got, NotModified):
        return parts.Asked(part, None)
    read = await desk.parsers.parse_feed(got.body, got.final_url, got.headers)
    return parts.Asked(part, parts.checked(read))


def _told(part: Child, got: Fetched | NotModified) -> Child:
    """`part` with the validators of its answer; a 304 leaves those it does not give."""
    kept = (part.etag, part.last_modified) if isinstance(got, NotModified) else (None, None)
    etag, last_modified = got.headers.get("etag"), got.headers.get("last-modified")
    return Child(part.url, part.modified, etag or kept[0], last_modified or kept[1])
