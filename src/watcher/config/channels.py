"""The keys of config.yaml's `channels`: every way to people."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from watcher.config.access import HeaderName
from watcher.config.base import Model, SecretModel, SentText
from watcher.config.values import Duration, MailAddress, Unfit
from watcher.model.when import SECOND


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class TemplateFile(Model):
    """A template in a file of its own."""

    file: str
    """The file, relative to config.yaml's folder."""


def _text_or_file(value: Any) -> str:
    return "file" if isinstance(value, dict | TemplateFile) else "text"


TemplateText = Annotated[
    Annotated[str, Field(min_length=1), Tag("text")] | Annotated[TemplateFile, Tag("file")],
    Discriminator(_text_or_file),
]
HttpUrl = Annotated[str, Field(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^/@\s]+(/\S*)?$")]


def _chat(value: Any) -> str:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"@[A-Za-z0-9_]{4,64}|-?[0-9]{1,20}", text):
        raise Unfit("the number of a chat, or @name of a channel", "write for example -1001234567")
    return text


Chat = Annotated[
    str,
    BeforeValidator(_chat),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "pattern": "^(@[A-Za-z0-9_]{4,64}|-?[0-9]{1,20})$"},
            ]
        }
    ),
]
NtfyTopic = Annotated[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$"), Tag("text")]
    | Annotated[SecretModel, Tag("secret")],
    Discriminator(lambda value: "secret" if isinstance(value, dict | SecretModel) else "text"),
]


class EmailChannelModel(Model):
    """Mail to one or several addresses."""

    type: Literal["email"]
    """Mail."""
    to: Annotated[tuple[MailAddress, ...], BeforeValidator(as_list), Field(min_length=1)]
    """An address, or a list of them: all get the same mail."""


class WebhookChannelModel(Model):
    """A signed POST, as Standard Webhooks has it, or in the form of another program."""

    type: Literal["webhook"]
    """A webhook."""
    url: str
    """Where it is posted to."""
    secret: Annotated[tuple[SecretModel, ...], BeforeValidator(as_list), Field(min_length=1)] = ()
    """The signing key (`whsec_…`), or a list, newest first: all of them sign. The standard format
    needs one; with `format: miniflux` it is any text."""
    format: Literal["standard", "miniflux", "slack", "discord", "text"] = "standard"
    """The form of the body: our own, or that of another program's receivers."""
    template: TemplateText | None = None
    """A Jinja2 template of the body, in place of a format (docs/channels.md has its variables)."""
    content_type: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+(; ?[ -~]+)?$")
    ] = "application/json"
    """What a template's output is."""
    headers: dict[HeaderName, SentText] = {}
    """Headers that go along, such as Authorization: each a text, or where a secret is."""
    allow_private: bool = False
    """Whether this one address may be a private one, beside those of net.allow_post."""


class SlackChannelModel(Model):
    """Slack, or what reads its webhooks (Mattermost, Rocket.Chat)."""

    type: Literal["slack"]
    """Slack."""
    url: SecretModel
    """Where the address of the incoming webhook is; it is a secret."""
    allow_private: bool = False
    """Whether the address may be a private one."""


class DiscordChannelModel(Model):
    """A channel of Discord, by its webhook."""

    type: Literal["discord"]
    """Discord."""
    url: SecretModel
    """Where the address of the webhook is; it is a secret."""
    allow_private: bool = False
    """Whether the address may be a private one."""


class TelegramChannelModel(Model):
    """A chat of Telegram, by a bot."""

    type: Literal["telegram"]
    """Telegram."""
    token: SecretModel
    """Where the bot's token is."""
    chat: Chat
    """The chat's number, or @name of a public channel."""
    thread: int | None = None
    """The number of a topic inside of a group."""
    silent: bool = False
    """Whether it arrives without a sound."""
    api: HttpUrl = "https://api.telegram.org"
    """The server of the bot API, where it is your own."""
    allow_private: bool = False
    """Whether the server may be at a private address."""


class MatrixChannelModel(Model):
    """A room of Matrix."""

    type: Literal["matrix"]
    """Matrix."""
    homeserver: HttpUrl
    """The address of the home server's API, such as https://matrix.org."""
    token: SecretModel
    """Where the access token of the sending account is."""
    room: Annotated[str, Field(pattern=r"^!\S{1,254}$")]
    """The room's id (`!…`), which its settings show; the account must have joined it."""
    allow_private: bool = False
    """Whether the server may be at a private address."""


class NtfyChannelModel(Model):
    """A topic of ntfy: notifications on a phone or desktop."""

    type: Literal["ntfy"]
    """ntfy."""
    topic: NtfyTopic
    """The topic's name, or where it is: who knows it can read along."""
    server: HttpUrl = "https://ntfy.sh"
    """The server."""
    token: SecretModel | None = None
    """Where the access token is, where the topic needs one."""
    priority: Literal[1, 2, 3, 4, 5] = 3
    """1 (no sound) to 5 (urgent)."""
    tags: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_+-]{1,64}$")], ...] = ("newspaper",)
    """Words or names of emoji that it is shown with."""
    allow_private: bool = False
    """Whether the server may be at a private address."""


class CommandChannelModel(Model):
    """A program of yours, started for every alert with the payload on its standard input."""

    type: Literal["command"]
    """A command."""
    argv: Annotated[tuple[str, ...], Field(min_length=1)]
    """The program and its arguments, each an item of its own: no shell ever reads them."""
    timeout: Duration = 30 * SECOND
    """When it is ended."""
    format: Literal["standard", "miniflux", "slack", "discord", "text"] = "standard"
    """The form of what it reads."""
    template: TemplateText | None = None
    """A Jinja2 template of what it reads, in place of a format."""


class FeedChannelModel(Model):
    """An Atom and a JSON feed for each topic, as files in a folder."""

    type: Literal["feed"]
    """Feed files."""
    folder: str
    """The folder, relative to config.yaml's; it is made where it is not there."""
    url: HttpUrl | None = None
    """The address under which the folder is served: the feeds name their own address then."""
    items: int = Field(default=50, ge=1, le=1000)
    """How many items a feed keeps."""

    @model_validator(mode="after")
    def _named(self) -> FeedChannelModel:
        if not self.folder.strip() or "\0" in self.folder:
            raise Unfit("the path of a folder", "write for example `folder: feeds`")
        return self


ChannelModel = Annotated[
    EmailChannelModel
    | WebhookChannelModel
    | SlackChannelModel
    | DiscordChannelModel
    | TelegramChannelModel
    | MatrixChannelModel
    | NtfyChannelModel
    | CommandChannelModel
    | FeedChannelModel,
    Field(discriminator="type"),
]
