"""An alert's payload as the words of a mail (spec `alerts` §3, "Mail wording").

Everything comes from the payload: the mail says the same on every try, and a page, a chat message
or a script that is handed the payload can say it too.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from watcher.alerts.digest_view import digest_view
from watcher.alerts.wording import (
    SURROGATES,
    clean_url,
    credited,
    day_and_time,
    href,
    instance_of,
    names,
    news,
    one_line,
    shown_hits,
    title_of,
    told,
    when,
)

WIDTH = 78
MOST_RELATED = 5


@dataclass(frozen=True, slots=True)
class MailText:
    """`subject` is one line without control characters; `headers` are ASCII-safe or plain text,
    one line each."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


def mail(payload: Mapping[str, Any]) -> MailText:
    """The mail of a `match.created` payload (see `alerts.payload`), or of a notice of watcher's own
    (`alerts.notice`)."""
    facts = payload["data"]["_watcher"]
    if "digest" in facts:
        subject, view = digest_view(payload)
        return MailText(subject, *_rendered("digest", view), headers=_headers(payload))
    if "topic" not in facts:
        return _notice(payload)
    return MailText(
        _subject(payload), *_rendered("match", _view(payload)), headers=_headers(payload)
    )


def _rendered(name: str, view: Mapping[str, Any]) -> tuple[str, str]:
    """As text and as HTML."""
    text = _wrapped(_template(f"{name}.txt.j2").render(view))
    html = _template(f"{name}.html.j2").render(view)
    return SURROGATES.sub("\ufffd", text), SURROGATES.sub("\ufffd", html)


def _notice(payload: Mapping[str, Any]) -> MailText:
    item = payload["data"]["items"][0]
    view = {
        "title": one_line(item["title"]),
        "when": day_and_time(payload["time"]),
        "words": one_line(item["content_text"], 2_000),
        "instance": instance_of(payload),
        "ids": f"Alert {item['id']}",
    }
    headers = {
        "List-Id": f"<notices.{_list_host(payload)}>",
        "Auto-Submitted": "auto-generated",
        "X-Watcher-Alert": one_line(item["id"]),
    }
    subject = one_line(f"[watcher] {view['title']}: {view['words']}", 120)
    return MailText(subject, *_rendered("notice", view), headers=headers)


def _subject(payload: Mapping[str, Any]) -> str:
    data = payload["data"]
    item = data["items"][0]
    topic = data["_watcher"]["topic"]["name"]
    changed = "Changed: " if item["_watcher"]["revision"]["n"] > 1 else ""
    if data["_watcher"].get("kind") == "withdrawal":
        changed = "Withdrawn: "
    outlet = one_line(item["_watcher"]["outlet"]["name"])
    source = f" — {outlet}" if outlet else ""
    return one_line(f"[{topic}] {changed}{title_of(item, 150)}{source}")


def _headers(payload: Mapping[str, Any]) -> dict[str, str]:
    facts = payload["data"]["_watcher"]
    name = facts["topic"]["name"]
    slug = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-") or "topic"
    headers = {
        "List-Id": f"<{slug}.{_list_host(payload)}>",
        "Auto-Submitted": "auto-generated",
        "X-Watcher-Topic": one_line(name),
        "X-Watcher-Alert": one_line(facts["alert"]),
    }
    if "digest" not in facts:
        story = payload["data"]["items"][0]["_watcher"]["story"]["id"]
        headers["X-Watcher-Story"] = one_line(story)
    return headers


def _list_host(payload: Mapping[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9.-]+", "-", instance_of(payload).lower())
    return name.strip("-.") or "localhost"


def _view(payload: Mapping[str, Any]) -> dict[str, Any]:
    item = payload["data"]["items"][0]
    facts = item["_watcher"]
    about = payload["data"]["_watcher"]
    tag = re.fullmatch(r"[A-Za-z0-9-]{2,35}", item.get("language") or "")
    related = facts.get("related") or []
    return {
        "title": title_of(item, 400),
        "url": clean_url(item["url"]),
        "href": href(item["url"]),
        "lang": Markup(' lang="{}"').format(tag[0]) if tag else "",
        "byline": one_line(" · ".join(names(item)), 400),
        "when": when(item),
        "note": news(about, facts),
        "hits": tuple(shown_hits(facts["match"].get("hits") or [])),
        "changes": [
            (one["op"], one_line(one["text"], 400))
            for one in facts["revision"].get("diff") or []
            if one["op"] in {"-", "+"}
        ],
        "because": one_line(facts["match"]["clause"], 500),
        "credit": credited(facts.get("credit")),
        "story": told(facts["story"]),
        "related": [
            (one_line(one["title"], 300), clean_url(one["url"]), href(one["url"]))
            for one in related[:MOST_RELATED]
        ],
        "topic": about["topic"]["name"],
        "version": about["topic"]["query_version"],
        "query": one_line(about["topic"]["query"], 2_000),
        "instance": instance_of(payload),
        "ids": f"Alert {about['alert']}, story {facts['story']['id']}, article {item['id']}",
    }


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
