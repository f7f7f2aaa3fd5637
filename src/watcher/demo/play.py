"""The demo's script: the newsroom's days played one after another through the whole pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watcher.config.load import load
from watcher.config.settings import Settings
from watcher.daemon.main import one_pass
from watcher.demo.newsroom import Newsroom
from watcher.demo.receivers import HookReceiver, MailReceiver
from watcher.demo.site import NewsroomSite
from watcher.pipeline.works import Tally
from watcher.text.dates import parse_date

# Public on purpose: it guards a loopback receiver that lives as long as the demo.
SECRET = "whsec_ZGVtby1zZWNyZXQtb2YtdGhlLW5ld3Nyb29tLTEyMw=="


@dataclass(slots=True)
class Event:
    """What a stage noted: `poll`, `place`, `alert`, `deliver`, `page_missing`, …"""

    name: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Notes:
    """A journal that keeps what it is told."""

    events: list[Event] = field(default_factory=list)

    def note(self, event: str, **facts: object) -> None:
        self.events.append(Event(event, facts))

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event.facts for event in self.events if event.name == name]


@dataclass(frozen=True, slots=True)
class Day:
    """One pass: its number, its clock, what it did and what it noted."""

    number: int
    at: str
    tally: Tally
    notes: Notes


@dataclass(frozen=True, slots=True)
class Stage:
    """The newsroom on air, its receivers listening, and the settings that join them."""

    site: NewsroomSite
    hooks: HookReceiver
    mails: MailReceiver
    config: Path

    @property
    def settings(self) -> Settings:
        return load(self.config)

    def play(self, number: int) -> Day:
        """Day `number` (from 1): the site turns to it, and one pass runs at its clock."""
        self.site.play(number)
        at = self.site.newsroom.days[number - 1]
        moment = parse_date(at)
        assert moment is not None
        notes = Notes()
        tally = one_pass(self.settings, notes, at=moment.at)
        return Day(number, at, tally, notes)


@contextmanager
def stage(folder: Path, newsroom: Newsroom | None = None) -> Iterator[Stage]:
    """Sets everything up in `folder`, which then holds config.yaml, the secret and, after the
    first pass, the database."""
    newsroom = newsroom or Newsroom.find()
    with ExitStack() as stack:
        site = stack.enter_context(NewsroomSite(newsroom))
        hooks = stack.enter_context(HookReceiver(SECRET))
        mails = stack.enter_context(MailReceiver())
        (folder / "hook.secret").write_text(SECRET, encoding="utf-8")
        (folder / "hook.secret").chmod(0o600)
        config = folder / "config.yaml"
        config.write_text(
            newsroom.config_text(
                site.bases, hook=hooks.url, secret_file="hook.secret", smtp_port=mails.port
            ),
            encoding="utf-8",
        )
        yield Stage(site, hooks, mails, config)
