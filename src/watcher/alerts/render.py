"""An alert's payload as the words of a mail (spec `alerts` §3, "Mail wording").

Everything comes from the payload: the mail says the same on every try, and a page, a chat message
or a script that is handed the payload can say it too.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from watcher.model.when import MINUTE, Micros
from watcher.text.dates import parse_date

LONGEST_SUBJECT = 200
WIDTH = 78
MOST_RELATED = 5
# Controls, line and paragraph separators, and marks that turn the direction of what follows.
_UNSAFE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+"
)
_SURROGATES = re.compile("[\\ud800-\\udfff]")
_NAMES = {"standfirst": "Standfirst", "title": "Title", "author": "Author", "credit": "Credit"}


@dataclass(frozen=True, slots=True)
class MailText:
    """`subject` is one line without control characters; `headers` are ASCII-safe or plain text,
    one line each."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit for the templates."""

    name: str
    parts: tuple[Part, ...]

    @property
    def label(self) -> str:
        return f"{self.name}: " if self.name else ""

    @property
    def marked_text(self) -> str:
        return "".join(f"*{part.text}*" if part.marked else part.text for part in self.parts)


def mail(payload: Mapping[str, Any]) -> MailText:
    """The mail of a `match.created` payload (see `alerts.payload`)."""
    view = _view(payload)
    text = _wrapped(_template("match.txt.j2").render(view))
    return MailText(
        subject=_subject(payload),
        text=_SURROGATES.sub("\ufffd", text),
        html=_SURROGATES.sub("\ufffd", _template("match.html.j2").render(view)),
        headers=_headers(payload),
    )


def one_line(text: str, most: int = LONGEST_SUBJECT) -> str:
    """Without line breaks, controls and turns of direction, and not longer than `most`."""
    line = " ".join(_SURROGATES.sub("\ufffd", _UNSAFE.sub(" ", text)).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _subject(payload: Mapping[str, Any]) -> str:
    data = payload["data"]
    item = data["items"][0]
    topic = data["_watcher"]["topic"]["name"]
    changed = "Changed: " if item["_watcher"]["revision"]["n"] > 1 else ""
    outlet = item["_watcher"]["outlet"]["name"]
    return one_line(f"[{topic}] {changed}{one_line(item['title'], 150)} — {outlet}")


def _headers(payload: Mapping[str, Any]) -> dict[str, str]:
    facts = payload["data"]["_watcher"]
    name = facts["topic"]["name"]
    slug = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-") or "topic"
    host = re.sub(r"[^a-z0-9.-]+", "-", _instance(payload).lower()).strip("-.") or "localhost"
    return {
        "List-Id": f"<{slug}.{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Watcher-Topic": one_line(name),
        "X-Watcher-Alert": one_line(facts["alert"]),
        "X-Watcher-Story": one_line(payload["data"]["items"][0]["_watcher"]["story"]["id"]),
    }


def _view(payload: Mapping[str, Any]) -> dict[str, Any]:
    item = payload["data"]["items"][0]
    facts = item["_watcher"]
    language = item.get("language")
    related = facts.get("related") or []
    return {
        "item": {**item, "title": one_line(item["title"], 400) or "(no title)"},
        "facts": facts,
        "href": _href(item["url"]),
        "lang": Markup(' lang="{}"').format(language) if language else "",
        "byline": one_line(", ".join([facts["outlet"]["name"], *_authors(item)]), 400),
        "when": _when(item),
        "note": "Changed: the topic became true in this revision." * (facts["revision"]["n"] > 1),
        "hits": tuple(_hits(facts["match"].get("hits") or [])),
        "because": one_line(facts["match"]["clause"], 500),
        "credit": facts.get("credit"),
        "story": _story(facts["story"]),
        "related": [{**one, "href": _href(one["url"])} for one in related[:MOST_RELATED]],
        "topic": payload["data"]["_watcher"]["topic"],
        "alert": payload["data"]["_watcher"]["alert"],
        "instance": _instance(payload),
    }


def _instance(payload: Mapping[str, Any]) -> str:
    return str(payload["source"]).rsplit(":", 1)[-1]


def _authors(item: Mapping[str, Any]) -> list[str]:
    return [str(author["name"]) for author in item.get("authors") or ()]


def _href(url: str) -> str | None:
    """Only what opens in a browser is a link: `javascript:` in a feed stays words."""
    return url if url.lower().startswith(("http://", "https://")) else None


def _when(item: Mapping[str, Any]) -> str:
    """When it was published, as the publisher has it, and how much later it was seen."""
    facts = item["_watcher"]
    stated = item.get("date_published") or facts.get("published_day")
    if stated is None:
        return f"No date on the page; first seen {facts['seen_at']}"
    published, seen = parse_date(stated), parse_date(facts["seen_at"])
    if published is None or seen is None or published.precision == "day":
        return f"Published {stated}; first seen {facts['seen_at']}"
    later = seen.at - published.at
    return (
        f"Published {stated}, seen {_duration(later)} later"
        if later >= 0
        else (f"Published {stated} (a time after it was seen: {facts['seen_at']})")
    )


def _duration(span: Micros) -> str:
    minutes = span // MINUTE
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _hits(hits: list[Mapping[str, Any]]) -> Iterator[Shown]:
    told = [hit for hit in hits if hit["field"] != "title"]  # the headline stands above
    for hit in told or hits:
        name = hit["field"]
        label = "Caption" if name.startswith("caption") else _NAMES.get(name, "")
        yield Shown(label, tuple(_parts(hit["text"], hit["marks"])))


def _parts(text: str, marks: list[list[int]]) -> Iterator[Part]:
    at = 0
    for start, end in sorted((mark[0], mark[1]) for mark in marks):
        if start < at:
            continue
        if start > at:
            yield Part(text[at:start], False)
        yield Part(text[start:end], True)
        at = end
    if at < len(text):
        yield Part(text[at:], False)


def _story(story: Mapping[str, Any]) -> str:
    """`first at X; also A, B`: empty where the article stands alone."""
    original = story.get("original")
    also = [one for one in story.get("also") or () if one != original]
    if not original and not also:
        return ""
    parts = []
    if original:
        parts.append(f"this is a copy of {original['outlet']}: {original['url']}")
    names = dict.fromkeys(one["outlet"] for one in also)
    if names:
        parts.append("also at " + ", ".join(names))
    return one_line("; ".join(parts), 600)


def _wrapped(text: str) -> str:
    """Long lines folded at blanks; addresses and the signature mark stay whole."""
    lines: list[str] = []
    for line in text.splitlines():
        if len(line) <= WIDTH or "://" in line:
            lines.append(line if line == "-- " else line.rstrip())
            continue
        indent = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(
            line,
            WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _source(name: str) -> str:
    return files("watcher.alerts").joinpath("templates", name).read_text("utf-8")
