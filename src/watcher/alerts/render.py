"""An alert's payload as the words of a mail (spec `alerts` §3, "Mail wording").

Everything comes from the payload: the mail says the same on every try, and a page, a chat message
or a script that is handed the payload can say it too.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

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
# The same without what Persian, Hebrew and Arabic texts hold for good reasons.
_STEERING = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]"
)
_SURROGATES = re.compile("[\\ud800-\\udfff]")
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_COPIES = {
    "same": "a copy of",
    "excerpt": "an excerpt from",
    "extends": "a longer version of",
    "translation": "a translation of",
}
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
class Told:
    """The story line: `how` it hangs together with the original `outlet` (at `url`, which is
    `href` where it opens in a browser), and `also`, where else it is."""

    how: str
    outlet: str
    url: str
    href: str | None
    also: str


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
    """The mail of a `match.created` payload (see `alerts.payload`), or of a notice of watcher's own
    (`alerts.notice`)."""
    if "topic" not in payload["data"]["_watcher"]:
        return _notice(payload)
    return MailText(
        _subject(payload), *_rendered("match", _view(payload)), headers=_headers(payload)
    )


def _rendered(name: str, view: Mapping[str, Any]) -> tuple[str, str]:
    """As text and as HTML."""
    text = _wrapped(_template(f"{name}.txt.j2").render(view))
    html = _template(f"{name}.html.j2").render(view)
    return _SURROGATES.sub("\ufffd", text), _SURROGATES.sub("\ufffd", html)


def _notice(payload: Mapping[str, Any]) -> MailText:
    item = payload["data"]["items"][0]
    view = {
        "title": one_line(item["title"]),
        "when": _day_and_time(payload["time"]),
        "words": one_line(item["content_text"], 2_000),
        "instance": _instance(payload),
        "ids": f"Alert {item['id']}",
    }
    headers = {
        "List-Id": f"<notices.{_list_host(payload)}>",
        "Auto-Submitted": "auto-generated",
        "X-Watcher-Alert": one_line(item["id"]),
    }
    subject = one_line(f"[watcher] {view['title']}: {view['words']}", 120)
    return MailText(subject, *_rendered("notice", view), headers=headers)


def one_line(text: str, most: int = LONGEST_SUBJECT) -> str:
    """Without line breaks, controls and turns of direction, and not longer than `most`."""
    line = " ".join(_SURROGATES.sub("\ufffd", _UNSAFE.sub(" ", text)).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _subject(payload: Mapping[str, Any]) -> str:
    data = payload["data"]
    item = data["items"][0]
    topic = data["_watcher"]["topic"]["name"]
    changed = "Changed: " if item["_watcher"]["revision"]["n"] > 1 else ""
    outlet = one_line(item["_watcher"]["outlet"]["name"])
    source = f" — {outlet}" if outlet else ""
    return one_line(f"[{topic}] {changed}{_title(item, 150)}{source}")


def _title(item: Mapping[str, Any], most: int) -> str:
    return one_line(item["title"], most) or "(no title)"


def _headers(payload: Mapping[str, Any]) -> dict[str, str]:
    facts = payload["data"]["_watcher"]
    name = facts["topic"]["name"]
    slug = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-") or "topic"
    return {
        "List-Id": f"<{slug}.{_list_host(payload)}>",
        "Auto-Submitted": "auto-generated",
        "X-Watcher-Topic": one_line(name),
        "X-Watcher-Alert": one_line(facts["alert"]),
        "X-Watcher-Story": one_line(payload["data"]["items"][0]["_watcher"]["story"]["id"]),
    }


def _list_host(payload: Mapping[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9.-]+", "-", _instance(payload).lower())
    return name.strip("-.") or "localhost"


def _view(payload: Mapping[str, Any]) -> dict[str, Any]:
    item = payload["data"]["items"][0]
    facts = item["_watcher"]
    about = payload["data"]["_watcher"]
    tag = re.fullmatch(r"[A-Za-z0-9-]{2,35}", item.get("language") or "")
    related = facts.get("related") or []
    return {
        "title": _title(item, 400),
        "url": _url(item["url"]),
        "href": _href(item["url"]),
        "lang": Markup(' lang="{}"').format(tag[0]) if tag else "",
        "byline": one_line(" · ".join(_names(item)), 400),
        "when": _when(item),
        "note": "Changed: the topic became true in this revision." * (facts["revision"]["n"] > 1),
        "hits": tuple(_hits(facts["match"].get("hits") or [])),
        "because": one_line(facts["match"]["clause"], 500),
        "credit": _credit(facts.get("credit")),
        "story": _story(facts["story"]),
        "related": [
            (one_line(one["title"], 300), _url(one["url"]), _href(one["url"]))
            for one in related[:MOST_RELATED]
        ],
        "topic": about["topic"]["name"],
        "version": about["topic"]["query_version"],
        "query": one_line(about["topic"]["query"], 2_000),
        "instance": _instance(payload),
        "ids": f"Alert {about['alert']}, story {facts['story']['id']}, article {item['id']}",
    }


def _instance(payload: Mapping[str, Any]) -> str:
    return one_line(unquote(str(payload["source"]).rpartition(":")[2]))


def _names(item: Mapping[str, Any]) -> list[str]:
    """The outlet and the authors, without those that have no name."""
    authors = [author["name"] for author in item.get("authors") or ()]
    names = [one_line(name) for name in (item["_watcher"]["outlet"]["name"], *authors)]
    return [name for name in names if name]


def _url(url: str) -> str:
    return _UNSAFE.sub("", url)


def _href(url: str) -> str | None:
    """Only what opens in a browser is a link: `javascript:` in a feed stays words."""
    return _url(url) if url.lower().startswith(("http://", "https://")) else None


def _when(item: Mapping[str, Any]) -> str:
    """When it was published, as the publisher has it, and how much later it was seen."""
    facts = item["_watcher"]
    stated = item.get("date_published") or facts.get("published_day")
    first_seen = f"first seen {_day_and_time(facts['seen_at'])}"
    if stated is None:
        return f"No date on the page; {first_seen}"
    published, seen = parse_date(stated), parse_date(facts["seen_at"])
    told = f"Published {_day_and_time(stated)}"
    if published is None or seen is None or published.precision == "day":
        return f"{told}; {first_seen}"
    if seen.at < published.at:
        return f"{told}; already {first_seen}"
    return f"{told}, seen {_duration(seen.at - published.at)} later"


def _day_and_time(stated: str) -> str:
    """RFC 3339, or a day, as people write it, in the zone that it is stated in."""
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        return one_line(stated, 60)
    day = f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}"
    if len(stated) <= len("2026-03-10"):
        return day
    zone = "UTC" if not at.utcoffset() else f"UTC{at:%z}"
    return f"{day}, {at:%H:%M} {zone[:6]}{':' * (len(zone) > 3)}{zone[6:8]}"


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
            yield _part(text[at:start], False)
        yield _part(text[start:end], True)
        at = end
    if at < len(text):
        yield _part(text[at:], False)


def _part(text: str, marked: bool) -> Part:
    return Part(_STEERING.sub(" ", text), marked)


def _credit(credit: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Whom the page credits, and its words for it."""
    if credit is None:
        return None
    name = credit.get("known") or credit.get("outlet") or credit.get("agency") or "another outlet"
    return one_line(name), one_line(credit["text"], 400)


def _story(story: Mapping[str, Any]) -> Told | None:
    """None where the article stands alone."""
    original = story.get("original")
    also = [one for one in story.get("also") or () if one != original]
    if not original and not also:
        return None
    names = one_line(", ".join(dict.fromkeys(one["outlet"] for one in also)), 400)
    if not original:
        return Told("", "", "", None, names)
    return Told(
        how=_COPIES.get(story.get("kind", ""), "a copy of"),
        outlet=one_line(original["outlet"]),
        url=_url(original["url"]),
        href=_href(original["url"]),
        also=names,
    )


def _wrapped(text: str) -> str:
    """Long lines folded at blanks; an address stays whole, and so does the signature mark."""
    lines: list[str] = []
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(
            line.strip(),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    folded = "\n".join("-- " if line == "--" else line for line in lines)
    return re.sub(r"\n{3,}", "\n\n", folded).strip() + "\n"


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
