"""A payload as one message of a chat service, in its markup and within its length.

Every service has a `Dialect`: how its markup is kept from reading the publisher's words, and what
a link, a strong word and a quotation look like. A message is made of whole pieces, each with its
markup closed; what no longer fits is left out piece by piece and that is said, so that no cut
falls inside of a tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from watcher.alerts.brief import Brief, Told, marked
from watcher.alerts.wording import Part, Shown

LONGEST_LINK = 1_000  # a longer address is left out of a message: the title stands alone
CUT = "(cut: the rest did not fit into one message)"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`limit` counts what `size` measures. `link(words, href)` is given escaped words."""

    limit: int
    escape: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str]
    quote: Callable[[str], str]
    size: Callable[[str], int] = len
    line: str = "\n"


def message(told: Brief, dialect: Dialect) -> str:
    """The whole message. Never longer than the dialect's limit."""
    pieces: list[str] = []
    room = dialect.limit - dialect.size(dialect.line + dialect.escape(CUT))
    used = 0
    step = dialect.size(dialect.line)
    for piece in _pieces(told, dialect):
        used += dialect.size(piece) + step
        if used > room:
            pieces.append(dialect.escape(CUT))
            break
        pieces.append(piece)
    return dialect.line.join(pieces).strip()


def _pieces(told: Brief, dialect: Dialect) -> Iterator[str]:
    if len(told.items) != 1:
        yield dialect.strong(dialect.escape(told.headline))
    for number, one in enumerate(told.items):
        if number:
            yield ""
        yield _title(one, told.topic if len(told.items) == 1 else "", dialect)
        yield from _lines(one, dialect)
    if told.omitted:
        yield ""
        yield dialect.escape(f"{told.omitted} more are left out.")


def _title(one: Told, topic: str, dialect: Dialect) -> str:
    words = dialect.escape(one.title)
    if one.href and len(one.href) <= LONGEST_LINK:
        words = dialect.link(words, one.href)
    label = dialect.escape(f"[{topic}] ") if topic else ""
    return label + dialect.strong(words)


def _lines(one: Told, dialect: Dialect) -> Iterator[str]:
    if one.words:
        yield dialect.escape(one.words)
    for text in (one.byline, one.when):
        if text:
            yield dialect.escape(text)
    for hit in one.hits:
        words = "".join(
            dialect.strong(dialect.escape(part.text)) if part.marked else dialect.escape(part.text)
            for part in hit.parts
        )
        yield dialect.quote(dialect.escape(hit.label) + words)
    for change in one.changes:
        yield dialect.quote(dialect.escape(f"{change.op} {change.text}"))
    for fact in one.facts:
        yield dialect.escape(fact)


def _utf16(text: str) -> int:
    """Telegram counts code units of UTF-16."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _slack(text: str) -> str:
    """Three signs are escaped (api.slack.com/reference/surfaces/formatting); for those that make
    words bold, struck or code there is no escape, so that their like stands for them."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("*", "∗").replace("~", "∼").replace("`", "ˋ")


def _slack_link(words: str, href: str) -> str:
    address = href.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E")
    return f"<{address.replace('|', '%7C')}|{words.replace('|', '¦')}>"


_DISCORD = re.compile(r"([\\*_~`|>#\-\[\]()<@:])")


def _discord(text: str) -> str:
    return _DISCORD.sub(r"\\\1", text)


def _discord_link(words: str, href: str) -> str:
    address = href.replace(")", "%29").replace("(", "%28").replace(">", "%3E").replace("<", "%3C")
    return f"[{words}]({address})"


def _html_link(words: str, href: str) -> str:
    return f'<a href="{html.escape(href)}">{words}</a>'


def _tagged(tag: str) -> Callable[[str], str]:
    return lambda text: f"<{tag}>{text}</{tag}>"


def _same(text: str) -> str:
    return text


SLACK = Dialect(
    limit=3_800,  # of text; Slack advises 4,000 at most
    escape=_slack,
    strong=lambda text: f"*{text}*" if text.strip() else text,
    link=_slack_link,
    quote=lambda text: f"> {text}",
)
DISCORD = Dialect(
    limit=2_000,  # characters of `content`
    escape=_discord,
    strong=lambda text: f"**{text}**" if text.strip() else text,
    link=_discord_link,
    quote=lambda text: f"> {text}",
)
TELEGRAM = Dialect(
    limit=4_096,  # after entities are read, so that ours is always within it
    escape=html.escape,
    strong=_tagged("b"),
    link=_html_link,
    quote=_tagged("blockquote"),
    size=_utf16,
)
MATRIX = Dialect(
    limit=16_000,  # bytes; an event may have 65,536 with all that surrounds it
    escape=html.escape,
    strong=_tagged("strong"),
    link=_html_link,
    quote=_tagged("blockquote"),
    size=_utf8,
    line="<br>\n",
)
PLAIN = Dialect(
    limit=16_000,
    escape=_same,
    strong=_same,
    link=lambda words, href: f"{words}\n{href}",
    quote=lambda text: f"  {text}",
    size=_utf8,
)
NTFY = Dialect(
    limit=4_000,  # bytes; from 4,096 on the message becomes a file
    escape=_same,
    strong=_same,
    link=lambda words, href: words,  # the click opens it
    quote=lambda text: f"  {text}",
    size=_utf8,
)


def plain(told: Brief) -> str:
    """For a terminal, a file or a service without markup: hits stand between asterisks."""
    return message(_starred(told), PLAIN)


def ntfy(told: Brief) -> str:
    return message(_starred(told), NTFY)


def _starred(told: Brief) -> Brief:
    items = tuple(
        replace(
            one, hits=tuple(Shown(hit.name, (Part(marked(hit.parts), False),)) for hit in one.hits)
        )
        for one in told.items
    )
    return replace(told, items=items)
