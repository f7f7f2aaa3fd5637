"""The first config.yaml: commented, with what was said already filled in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """What is known at the start; all of it may be missing. `topics` are (name, query) pairs;
    `key_file` is the file that holds the webhook's key, relative to config.yaml's folder."""

    database: str = "watcher.db"
    contact: str | None = None
    topics: tuple[tuple[str, str], ...] = ()
    mail_to: tuple[str, ...] = ()
    mail_host: str = "localhost"
    sender: str | None = None
    webhook: str | None = None
    key_file: str = "hook.secret"


def starter(start: Start) -> str:
    """The text of a config.yaml that loads as it is."""
    parts = [_HEAD, _database(start), _net(start), _FEEDS, _topics(start), _channels(start), _MORE]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


_HEAD = """
# What watcher shall watch. The database holds what it saw and did.
#   watcher add URL        subscribes to a feed or a site
#   watcher once           one pass; watcher run: the daemon
#   watcher config check   every problem of this file at once, with its line and a hint
# Durations are 30s, 15m, 1h, 7d. Secrets are named, never written: {file: …}, {env: …} or
# {credential: …}. Every key: docs/reference/config.md, or `watcher config schema`.
"""

_FEEDS = """
# Feeds. `watcher add` and `watcher import` write here and keep your comments. By hand:
#   - https://example.org/feed
#   - {url: https://example.com/rss, title: Example, tags: [local], every: 30m}
feeds: []
"""

_MORE = """
alerts:
  backlog: 1d        # what is older than this when first seen is stored, but not told
"""


def _database(start: Start) -> str:
    return f"database: {_text(start.database)}    # relative to this file's folder"


def _net(start: Start) -> str:
    says = f"  contact: {_text(start.contact)}" if start.contact else _NO_CONTACT
    return (
        f"net:\n  # Goes into the user agent, so that a publisher who minds can reach you.\n{says}"
    )


_NO_CONTACT = "  # contact: https://example.org/about-our-bot\n  allow: []"


def _topics(start: Start) -> str:
    told = ", ".join(_told(start))
    lines = [
        '# What is watched. A blank is AND; OR, NOT, "phrases", (groups), title:word, =Exact,',
        "# suffix*, @alias. Try a query over what is stored: watcher topics test 'QUERY'",
        "# Many spellings under one name:",
        '# aliases: {who: [Somebody, "Some Body", "شخص"]}',
    ]
    if not start.topics:
        return "\n".join([*lines, "topics: {}"])
    lines.append("topics:")
    for name, query in start.topics:
        lines += [f"  {name}:", f"    query: {_text(query)}", f"    channels: [{told}]"]
    return "\n".join(lines)


def _told(start: Start) -> Sequence[str]:
    return ["desk"] * bool(start.mail_to) + ["hook"] * bool(start.webhook)


def _channels(start: Start) -> str:
    lines = ["# Where alerts go: name these under `channels:` of a topic."]
    if not _told(start):
        return "\n".join([*lines, *_NO_CHANNELS])
    lines.append("channels:")
    if start.mail_to:
        to = ", ".join(map(_text, start.mail_to))
        lines.append(f"  desk: {{type: email, to: [{to}]}}")
    if start.webhook:
        key = f"{{file: {_text(start.key_file)}}}"
        lines.append(f"  hook: {{type: webhook, url: {_text(start.webhook)}, secret: {key}}}")
    if start.mail_to:
        sender = start.sender or start.mail_to[0]
        lines += [
            "email:",
            f"  host: {_text(start.mail_host)}",
            "  port: 25             # 587 with starttls, 465 with tls",
            "  security: none       # none | starttls | tls",
            "  # user: desk",
            "  # password: {file: mail.secret}",
            f"  sender: {_text(sender)}",
        ]
    return "\n".join(lines)


_NO_CHANNELS = (
    "# channels:",
    "#   desk: {type: email, to: [desk@example.org]}",
    "#   hook: {type: webhook, url: https://example.org/hook, secret: {file: hook.secret}}",
    "# email: {host: localhost, port: 25, security: none, sender: watcher@example.org}",
)


def _text(text: str) -> str:
    """A YAML scalar: JSON's strings are YAML's double-quoted ones."""
    return json.dumps(text, ensure_ascii=False)
