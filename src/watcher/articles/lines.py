"""Articles that a caller hands over as JSON lines (spec `interfaces`, `import articles`):
`{id, url, title, standfirst, body, captions, byline, language, published, seen_at, outlet,
related}`. What is missing is absent; what is there must be of its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import html

from watcher.articles.blocks import Block, Zone
from watcher.articles.credit import Statement, in_line, resolve
from watcher.articles.outlet import outlet_for
from watcher.model.article import (
    ArticleDraft,
    ArticleText,
    Caption,
    Link,
    LinkKind,
    Outlet,
    PageState,
)
from watcher.model.ids import article_id
from watcher.model.when import Dated, Micros
from watcher.text import urls
from watcher.text.dates import parse_date
from watcher.text.hashes import text_hash
from watcher.text.language import canonical_tag
from watcher.text.names import squash

_KINDS: dict[Any, LinkKind] = {"block": "block", "inline": "inline"}
CREDIT_LINES = 3  # at the end of a body, among which a credit line is looked for


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One line read. `id` is as the caller wrote it; `outlet` a name, a domain or None."""

    id: object
    url: str | None
    outlet: str | None
    text: ArticleText
    seen_at: Micros | None


def read_line(row: object) -> ArticleLine:
    """Raises ValueError with a sentence that names the key at fault."""
    if not isinstance(row, Mapping):
        raise ValueError("a line is an object with keys such as id, url, title and body")
    outlet = _text(row, "outlet")
    names = _texts(row, "byline")
    stated, body = _credit(names, _text(row, "body") or "", outlet)
    return ArticleLine(
        id=row.get("id"),
        url=_url(row),
        outlet=outlet,
        text=ArticleText(
            title=_text(row, "title") or "",
            standfirst=_text(row, "standfirst") or None,
            body=body,
            byline=stated.people if stated and stated.people else names,
            credit=stated.credit if stated else None,
            published=_date(row, "published"),
            modified=None,
            language=canonical_tag(_text(row, "language")),
            captions=tuple(_captions(row)),
            links=tuple(_related(row)),
            state=PageState("article", 1.0),
            tags=(),
            source="import",
            method="import",
            why=(f"credit: {stated.credit.text}",) if stated else (),
        ),
        seen_at=_moment(row, "seen_at"),
    )


def draft(
    line: ArticleLine,
    *,
    now: Micros,
    domains: Mapping[str, str],
    names: Mapping[str, str],
    prints: tuple[int, ...] = (),
) -> ArticleDraft:
    """The line as an article about to be placed, first seen at `seen_at`, else when published,
    else `now`. `domains` maps domains to outlet names, `names` squashed names to outlet names.

    Raises ValueError for a line without `url` and `id`.
    """
    keys = [urls.key(line.url)] if line.url else []
    caller_id = None if line.id is None else str(line.id)
    if caller_id is not None:
        keys.append(f"id:{caller_id}")
    if not keys:
        raise ValueError("url or id is missing: an article needs one of them")
    text = line.text
    published = text.published.at if text.published else now
    return ArticleDraft(
        article=article_id(keys[0]),
        url=line.url or keys[0],
        canonical_url=None,
        urls=tuple(keys),
        outlet=outlet_of(line, domains, names),
        text=_resolved(text, names),
        text_hash=text_hash(text.title, text.body),
        seen_at=min(now, line.seen_at if line.seen_at is not None else published),
        caller_id=caller_id,
        prints=prints,
    )


def outlet_of(line: ArticleLine, domains: Mapping[str, str], names: Mapping[str, str]) -> Outlet:
    """By the address, else by the name alone: what two lines call the same is one outlet, and
    lines that name none have nothing in common."""
    said = line.outlet
    if line.url:
        return outlet_for(line.url, said if said and "." not in said else None, None, domains)
    if not said:
        return Outlet(f"id:{line.id}", "unknown outlet")
    named = names.get(squash(said), said)
    domain = next((one for one, name in domains.items() if name == named), None)
    return Outlet(domain or (said.lower() if "." in said else squash(said)), named)


def _resolved(text: ArticleText, names: Mapping[str, str]) -> ArticleText:
    return text if text.credit is None else replace(text, credit=resolve(text.credit, names))


def _credit(names: Sequence[str], body: str, outlet: str | None) -> tuple[Statement | None, str]:
    """`Fjori Sinoruka – Balkaninsight` as a byline, or a credit line among the body's last; and
    the body without that line, as a page's is."""
    own = {squash(outlet)} if outlet else set()
    for name in names:
        stated = in_line(_block(f"By {name}"), own)
        if stated is not None:
            return stated, body
    parts = body.split("\n\n")
    for place in range(len(parts) - 1, max(-1, len(parts) - 1 - CREDIT_LINES), -1):
        stated = in_line(_block(parts[place].strip()), own)
        if stated is not None:
            return stated, "\n\n".join(parts[:place] + parts[place + 1 :]).strip()
    return None, body


def _block(text: str) -> Block:
    return Block(0, text, html.Element("p"), Zone.NONE)


def _url(row: Mapping[str, Any]) -> str | None:
    url = _text(row, "url")
    if url and urls.join(url, "") is None:
        raise ValueError(f"url: {url[:80]!r} is no http(s) address")
    return url or None


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"{name}: a text is wanted, not {_kind(value)}")


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, or one."""
    value = row.get(name)
    many = [value] if isinstance(value, str) else value
    if many is None:
        return ()
    if not isinstance(many, list) or not all(isinstance(one, str) for one in many):
        raise ValueError(f"{name}: a list of texts is wanted")
    return tuple(" ".join(one.split()) for one in many if one.strip())


def _date(row: Mapping[str, Any], name: str) -> Dated | None:
    said = _text(row, name)
    if not said:
        return None
    read = parse_date(said)
    if read is None:
        raise ValueError(f"{name}: {said[:40]!r} is no date such as 2026-03-10T12:00:00Z")
    return read


def _moment(row: Mapping[str, Any], name: str) -> Micros | None:
    read = _date(row, name)
    return None if read is None else read.at


def _captions(row: Mapping[str, Any]) -> list[Caption]:
    """Texts, or `{text, credit}`."""
    found = []
    for one in _list(row, "captions"):
        if isinstance(one, str):
            found.append(Caption(one))
        elif isinstance(one, Mapping) and isinstance(one.get("text"), str):
            found.append(Caption(one["text"], _text(one, "credit")))
        else:
            raise ValueError("captions: each is a text or {text, credit}")
    return found


def _related(row: Mapping[str, Any]) -> list[Link]:
    """Addresses, or `{url, text, kind, heading}`."""
    found = []
    for one in _list(row, "related"):
        fields = {"url": one} if isinstance(one, str) else one
        if not isinstance(fields, Mapping) or not isinstance(fields.get("url"), str):
            raise ValueError("related: each is an address or {url, text}")
        kind: LinkKind | None = _KINDS.get(fields.get("kind"))
        text, heading = _text(fields, "text") or "", _text(fields, "heading")
        found.append(Link(fields["url"], text, "related", kind, heading))
    return found


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{name}: a list is wanted, not {_kind(value)}")
    return value


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object")
