"""The body of an alert: at once a CloudEvent 1.0, a Standard Webhooks payload and, under `data`,
a JSON Feed 1.1 with our own facts under `_watcher` (spec `alerts` §3). Only what we can fill is
there, and nothing that depends on what else happens to be stored at that moment (counts of
matches): the same news gives the same words on every run. Frozen when the alert is raised: every
channel renders from it alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from watcher.alerts.changes import changed
from watcher.alerts.hits import hits
from watcher.model.alert import Alert, PlaceView, StoryMember
from watcher.model.article import ArticleDraft, Credit, Link
from watcher.model.story import Placement, Standing
from watcher.model.topic import Match, TopicSpec
from watcher.model.when import Dated, Micros, rfc3339

LIMIT = 20_480  # bytes, all of it: spec `interfaces`
TEXT = 4_000  # characters of the body that are sent along
SPANS = 40
RELATED = 10
SHORT = 300  # characters of a title, name or address
FIXED = {
    "version",
    "source",
    "content_sha256",
    "previous_sha256",
    "op",
}  # longer than what all else is cut to at the end

TYPES = {"revision": "article.revised", "withdrawal": "article.removed"}
NOUNS = {"revision": "changed", "withdrawal": "withdrawn"}

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """The feed that led to the article."""

    feed: str | None = None
    title: str | None = None
    url: str | None = None
    site_url: str | None = None


def build(
    *,
    delivery: str,
    alert: Alert,
    match: Match,
    topic: TopicSpec,
    draft: ArticleDraft,
    placement: Placement | None,
    view: PlaceView,
    source: Source,
    instance: str,
    changes: Sequence[str] = (),
) -> str:
    """JSON text under `LIMIT` bytes in UTF-8, with the same keys in the same order each time."""
    item = _item(alert, match, draft, placement, view, source)
    if changes:
        item["_watcher"]["revision"]["change"] = list(changes)
    shape = {
        "specversion": "1.0",
        "id": delivery,
        "source": f"urn:watcher:{quote(instance, safe='')}",
        "type": TYPES.get(alert.kind, "match.created"),
        "subject": f"topic/{alert.topic}/story/{alert.story}",
        "time": _time(alert.at),
        "timestamp": _time(alert.at),
        "datacontenttype": "application/feed+json",
        "data": {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{topic.topic}: 1 {NOUNS.get(alert.kind, 'new')}",
            "_watcher": {
                "alert": alert.alert,
                "kind": alert.kind,
                "reason": _cut(alert.reason, 2_000),
                "topic": _topic(alert, topic),
            },
            "items": [item],
        },
    }
    return _within(shape, item, ["content_text"] if len(draft.text.body) > TEXT else [])


def _topic(alert: Alert, topic: TopicSpec) -> Shape:
    return {
        "id": topic.topic,
        "name": topic.topic,
        "query": _cut(topic.query, 2_000),
        "query_version": alert.topic_version,
    }


def _item(
    alert: Alert,
    match: Match,
    draft: ArticleDraft,
    placement: Placement | None,
    view: PlaceView,
    source: Source,
) -> Shape:
    text = draft.text
    found = hits(text, match.spans)
    return _without_none(
        {
            "id": alert.article,
            "url": _cut(draft.url, 2_000),
            "title": _cut(text.title, SHORT),
            "summary": " ".join(hit.text for hit in found) or None,
            "content_text": _cut(text.body, TEXT),
            "language": text.language,
            "date_published": _date(text.published),
            "date_modified": _date(text.modified),
            "authors": [{"name": _cut(name, SHORT)} for name in text.byline[:20]] or None,
            "tags": [_cut(tag, 80) for tag in text.tags[:20]] or None,
            "_watcher": _without_none(
                {
                    "outlet": {
                        "name": _cut(draft.outlet.name, SHORT),
                        "domain": draft.outlet.domain,
                    },
                    "feed": _feed(source),
                    "seen_at": _time(draft.seen_at),
                    "date_confidence": _confidence(text.published),
                    "published_day": _day(text.published),
                    "canonical_url": draft.canonical_url and _cut(draft.canonical_url, 2_000),
                    "content_sha256": _sha256(text.body),
                    "word_count": len(text.body.split()),
                    "text": text.source,
                    "state": text.state.kind,
                    "credit": _credit(text.credit),
                    "match": {
                        "clause": _cut(match.clause, 500),
                        "clauses": list(_clauses(match)),
                        "hits": [
                            {"field": hit.field, "text": hit.text, "marks": list(hit.marks)}
                            for hit in found
                        ],
                    },
                    "story": _story(alert, draft.outlet.domain, placement, view),
                    "revision": _revision(alert, draft, view),
                    "related": list(_related(draft)) or None,
                }
            ),
        }
    )


def _revision(alert: Alert, draft: ArticleDraft, view: PlaceView) -> Shape:
    """What the version before had in other words; nothing of that where the page's text took the
    place of the feed's, since nobody changed it."""
    latest = view.latest
    if latest is None or alert.revision < 2:
        return {"n": alert.revision}
    shape: Shape = {"n": alert.revision, "previous_sha256": _sha256(latest.text.body)}
    if latest.text.source == draft.text.source:
        steps = changed(latest.text, draft.text)
        shape |= {"diff": steps} if steps else {}
    return shape


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _clauses(match: Match) -> Iterator[Shape]:
    for span in match.spans[:SPANS]:
        yield {
            "clause": _cut(span.clause, SHORT),
            "field": span.field,
            "start": span.start,
            "end": span.end,
        }


def _feed(source: Source) -> Shape | None:
    if source.feed is None:
        return None
    return _without_none(
        {
            "id": source.feed,
            "title": source.title and _cut(source.title, SHORT),
            "url": source.url,
            "site_url": source.site_url,
        }
    )


def _story(alert: Alert, domain: str, placement: Placement | None, view: PlaceView) -> Shape:
    """The story as this article leaves it: who stood otherwise until now has its new role."""
    others = [one for one in view.members.get(alert.story, ()) if one.article != alert.article]
    restated = {one.article: one for one in placement.changes} if placement else {}
    shown = {one.article: _member(one, restated.get(one.article)) for one in others}
    standing = placement.standing if placement else None
    latest = view.latest
    role = standing.role if standing else latest.role if latest else "original"
    copy_of = standing.copy_of if standing else latest.copy_of if latest else None
    return _without_none(
        {
            "id": alert.story,
            "role": role,
            "kind": standing.kind if standing else None,
            "articles": len(others) + 1,
            "outlets": len({one.outlet.domain for one in others} | {domain}),
            "original": shown.get(copy_of) if copy_of else None,
            "also": list(shown.values())[:10] or None,
        }
    )


def _member(one: StoryMember, restated: Standing | None) -> Shape:
    return {
        "article": one.article,
        "title": _cut(one.title, SHORT),
        "url": _cut(one.url, 1_000),
        "outlet": _cut(one.outlet.name, SHORT),
        "role": restated.role if restated else one.role,
        "first_seen": _time(one.first_seen),
    }


def _related(draft: ArticleDraft) -> Iterator[Shape]:
    links: list[Link] = [link for link in draft.text.links if link.role == "related"]
    for link in links[:RELATED]:
        yield {
            "title": _cut(link.text, SHORT),
            "url": _cut(link.url, 1_000),
            "role": link.role,
        }


def _credit(credit: Credit | None) -> Shape | None:
    if credit is None:
        return None
    return _without_none(
        {
            "outlet": credit.outlet and _cut(credit.outlet, SHORT),
            "known": credit.known and _cut(credit.known, SHORT),
            "agency": credit.agency and _cut(credit.agency, SHORT),
            "text": _cut(credit.text, SHORT),
            "scope": credit.scope,
        }
    )


def _within(shape: Shape, item: Shape, cut: list[str]) -> str:
    """Trims what can be read elsewhere until the whole fits: first the text, then the rest, and
    says what it was (`cut`). At the very end every long word is cut, so that no page can keep an
    alert from being sent."""
    if cut:
        item["_watcher"]["cut"] = cut
    body = _dump(shape)
    for holder, name, keep in _trims(shape, item):
        if _fits(body):
            return body
        value = holder.get(name)
        if value is not None and len(value) > keep:
            holder[name] = _cut(value, keep) if isinstance(value, str) else value[:keep]
            item["_watcher"]["cut"] = cut = list(dict.fromkeys([*cut, name]))
            body = _dump(shape)
    for most in (1_000, 300, 100, 40):
        if _fits(body):
            return body
        item["_watcher"]["cut"] = list(dict.fromkeys([*cut, "texts"]))
        body = _dump(_shortened(shape, most))
    return body


def _trims(shape: Shape, item: Shape) -> list[tuple[Shape, str, int]]:
    """What is cut to how much, the most dispensable first."""
    facts, about = item["_watcher"], shape["data"]["_watcher"]
    match = facts["match"]
    return [
        *((item, "content_text", keep) for keep in (2_000, 500, 0)),
        (facts, "related", 0),
        (facts["story"], "also", 0),
        (facts["revision"], "diff", 4),
        (match, "clauses", 8),
        (match, "hits", 1),
        (item, "tags", 0),
        (item, "authors", 3),
        (item, "summary", 500),
        (about["topic"], "query", 500),
        (about, "reason", 500),
        (match, "clauses", 0),
        (facts["revision"], "diff", 0),
        (match, "hits", 0),
    ]


def _fits(body: str) -> bool:
    return len(body.encode()) < LIMIT


def _shortened(value: Any, most: int, name: str = "") -> Any:
    """With every string cut to `most` characters, what has a fixed form aside."""
    if isinstance(value, dict):
        return {key: _shortened(inner, most, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner, most) for inner in value]
    return _cut(value, most) if isinstance(value, str) and name not in FIXED else value


def _dump(shape: Shape) -> str:
    text = json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)] + "…" * bool(most)


def _time(at: Micros) -> str:
    return rfc3339(at - at % 1_000_000)


def _date(date: Dated | None) -> str | None:
    """JSON Feed wants a full RFC 3339 time; a day without one stands under `_watcher`."""
    return date.text if date is not None and not _is_day(date) else None


def _day(date: Dated | None) -> str | None:
    return date.text if date is not None and date.precision == "day" else None


def _is_day(date: Dated | None) -> bool:
    return date is not None and date.precision == "day"


def _confidence(date: Dated | None) -> str:
    return "none" if date is None else date.precision


def _without_none(shape: Mapping[str, Any]) -> Shape:
    return {name: value for name, value in shape.items() if value is not None}
