"""Records to columns and back. JSON for what is never asked for in SQL; text that UTF-8 cannot
hold (lone surrogates) is stored with U+FFFD, because the feed that sent it must not stop others."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from watcher.model.article import (
    ArticleText,
    Caption,
    Credit,
    Link,
    Outlet,
    PageState,
)
from watcher.model.feed import Entry, FeedMemory, FeedSpec, Move, PageRecipe, Rate, Wishes
from watcher.model.topic import Span
from watcher.model.when import Dated

Row = Mapping[str, Any]


_LONE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Code point for code point, so that spans into `text` hold."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def optional(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _facts(record: Any) -> dict[str, Any]:
    """A record's fields as they are: `asdict` would copy each of them, all the way down."""
    kind = type(record)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind))
    return {name: getattr(record, name) for name in _NAMES[kind]}


_NAMES: dict[type, tuple[str, ...]] = {}
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_facts)


def dump(value: object) -> str:
    return clean(_JSON.encode(value))


def dump_spec(spec: FeedSpec) -> str:
    return dump(spec)


def load_spec(text: str) -> FeedSpec:
    held = json.loads(text)
    for name in ("tags", "folder"):
        held[name] = tuple(held.get(name, ()))
    page = held.get("page")
    return FeedSpec(**{**held, "page": None if page is None else PageRecipe(**page)})


def dump_memory(memory: FeedMemory) -> str:
    return dump(memory)


def load_memory(text: str) -> FeedMemory:
    held = json.loads(text)
    if not held:
        return FeedMemory()
    wishes, rate, move = held["wishes"], held["rate"], held["move"]
    return FeedMemory(
        **{
            **held,
            "wishes": Wishes(
                **{
                    **wishes,
                    "skip_hours": tuple(wishes["skip_hours"]),
                    "skip_days": tuple(wishes["skip_days"]),
                }
            ),
            "rate": Rate(**{**rate, "hours": tuple(rate["hours"])}),
            "move": None if move is None else Move(**move),
            "quirks": tuple(held["quirks"]),
            "not_to": tuple(held.get("not_to", ())),
            "part_tags": {url: tuple(one) for url, one in held.get("part_tags", {}).items()},
        }
    )


def dump_entry(entry: Entry) -> str:
    return dump(entry)


def load_entry(text: str) -> Entry:
    held = json.loads(text)
    held["published"] = load_dated(held["published"])
    held["updated"] = load_dated(held["updated"])
    for name in ("authors", "tags"):
        held[name] = tuple(held[name])
    return Entry(**held)


def load_dated(held: dict[str, Any] | None) -> Dated | None:
    return None if held is None else Dated(**held)


def dump_rest(text: ArticleText) -> str:
    """What of a revision is only ever read whole."""
    return dump(
        {
            "byline": text.byline,
            "credit": text.credit,
            "captions": text.captions,
            "state": text.state,
            "tags": text.tags,
            "method": text.method,
            "why": text.why,
            "precision": [
                None if date is None else date.precision for date in (text.published, text.modified)
            ],
        }
    )


def load_text(row: Row, body: str, links: tuple[Link, ...]) -> ArticleText:
    """A revision from its row (columns of `revision`)."""
    rest = json.loads(row["rest"])
    state = rest["state"]
    published, modified = rest["precision"]
    return ArticleText(
        title=row["title"],
        standfirst=row["standfirst"],
        body=body,
        byline=tuple(rest["byline"]),
        credit=None if rest["credit"] is None else Credit(**rest["credit"]),
        published=load_date(row["published"], row["published_at"], published),
        modified=load_date(row["modified"], row["modified_at"], modified),
        language=row["language"],
        captions=tuple(Caption(**caption) for caption in rest["captions"]),
        links=links,
        state=PageState(state["kind"], state["confidence"], tuple(state["lacks"])),
        tags=tuple(rest["tags"]),
        source=row["source"],
        method=rest["method"],
        why=tuple(rest["why"]),
    )


def load_date(text: str | None, at: int | None, precision: Any) -> Dated | None:
    return None if text is None or at is None else Dated(text, at, precision or "exact")


def load_link(row: Row) -> Link:
    return Link(row["url"], row["text"], row["role"], row["kind"], row["heading"])


def outlet(row: Row) -> Outlet:
    return Outlet(row["outlet_domain"], row["outlet_name"])


def dump_spans(spans: tuple[Span, ...]) -> str:
    return dump([[span.field, span.start, span.end, span.clause] for span in spans])


def load_spans(text: str) -> tuple[Span, ...]:
    return tuple(Span(*span) for span in json.loads(text))


def shrink(older: str, newer: str) -> bytes:
    """An older body as raw deflate with the newer one as dictionary (spec `matching` §7)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _zdict(newer))
    return packer.compress(older.encode()) + packer.flush()


def restore(delta: bytes, newer: str) -> str:
    unpacker = zlib.decompressobj(-15, _zdict(newer))
    return (unpacker.decompress(delta) + unpacker.flush()).decode()


def _zdict(text: str) -> bytes:
    return text.encode()[-32768:]  # deflate's window: what stands before it is never used
