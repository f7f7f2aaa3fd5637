"""The channels as the app is handed them: secrets named and not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from watcher.config.secrets import Secret
from watcher.model.when import SECOND, Micros


@dataclass(frozen=True, slots=True)
class EmailTarget:
    name: str
    to: tuple[str, ...]
    kind: ClassVar[str] = "email"


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """`template`: its text, in place of `form`. `private`: the address may be a private one."""

    name: str
    url: str
    secrets: tuple[Secret, ...] = ()
    form: str = "standard"
    template: str | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str | Secret] = field(default_factory=dict, repr=False)
    private: bool = False
    kind: ClassVar[str] = "webhook"


@dataclass(frozen=True, slots=True)
class HookTarget:
    """Slack or Discord: `kind` says which."""

    name: str
    kind: str
    url: Secret
    private: bool = False


@dataclass(frozen=True, slots=True)
class TelegramTarget:
    name: str
    token: Secret
    chat: str
    thread: int | None
    silent: bool
    api: str
    private: bool = False
    kind: ClassVar[str] = "telegram"


@dataclass(frozen=True, slots=True)
class MatrixTarget:
    name: str
    homeserver: str
    token: Secret
    room: str
    private: bool = False
    kind: ClassVar[str] = "matrix"


@dataclass(frozen=True, slots=True)
class NtfyTarget:
    name: str
    topic: str | Secret
    server: str
    token: Secret | None
    priority: int
    tags: tuple[str, ...]
    private: bool = False
    kind: ClassVar[str] = "ntfy"


@dataclass(frozen=True, slots=True)
class CommandTarget:
    name: str
    argv: tuple[str, ...]
    folder: Path
    timeout: Micros = 30 * SECOND
    form: str = "standard"
    template: str | None = None
    kind: ClassVar[str] = "command"


@dataclass(frozen=True, slots=True)
class FeedTarget:
    name: str
    folder: Path
    url: str | None
    items: int
    kind: ClassVar[str] = "feed"


Target = (
    EmailTarget
    | WebhookTarget
    | HookTarget
    | TelegramTarget
    | MatrixTarget
    | NtfyTarget
    | CommandTarget
    | FeedTarget
)
