"""The channels of config.yaml, built: secrets read, keys and templates made, the guarded POST in
hand. A part of the composition root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from watcher.errors import ConfigError

if TYPE_CHECKING:
    from watcher.alerts.formats import Format
    from watcher.channels.services import Service
    from watcher.channels.session import MailLine
    from watcher.channels.webhook import Shape
    from watcher.config.settings import MailServer, Settings
    from watcher.config.targets import (
        CommandTarget,
        EmailTarget,
        FeedTarget,
        HookTarget,
        MatrixTarget,
        NtfyTarget,
        Target,
        TelegramTarget,
        WebhookTarget,
    )
    from watcher.ports import Channel, HttpPost


def build_channels(settings: Settings, post: HttpPost) -> dict[str, Channel]:
    """Raises ConfigError where a secret cannot be read or a key is none."""
    return {one.name: _channel(one, settings, post) for one in settings.channels}


async def close_channels(channels: Mapping[str, Channel]) -> None:
    """Ends the connections that channels keep."""
    from watcher.channels.email import EmailChannel

    for one in channels.values():
        if isinstance(one, EmailChannel):
            await one.close()


def _channel(target: Target, settings: Settings, post: HttpPost) -> Channel:
    from watcher.config.targets import CommandTarget, EmailTarget, FeedTarget, WebhookTarget

    if isinstance(target, EmailTarget):
        return _email(target, settings)
    if isinstance(target, WebhookTarget):
        return _webhook(target, post)
    if isinstance(target, CommandTarget):
        return _command(target)
    if isinstance(target, FeedTarget):
        return _feed(target)
    return _service(target, post)


def _email(target: EmailTarget, settings: Settings) -> Channel:
    from watcher.channels.email import EmailChannel

    assert settings.mail is not None  # the config check demands it
    return EmailChannel(target.name, target.to, mail_line(settings.mail))


def mail_line(mail: MailServer) -> MailLine:
    """The way to the mail server. Raises ConfigError where its password cannot be read."""
    from watcher.channels.session import MailLine

    password = mail.password.read() if mail.password else None
    return MailLine(mail.host, mail.port, mail.security, mail.user, password, mail.sender)


def _webhook(target: WebhookTarget, post: HttpPost) -> Channel:
    from watcher.channels.webhook import WebhookChannel

    keys = [secret.read() for secret in target.secrets]
    door = post.allowing(target.url) if target.private else post
    headers = {
        name: value if isinstance(value, str) else _sendable(target.name, name, value.read())
        for name, value in target.headers.items()
    }
    shape = _shape(target, headers, target.content_type)
    return WebhookChannel(target.name, target.url, keys, door, shape)


def _shape(
    target: WebhookTarget | CommandTarget,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> Shape:
    from watcher.alerts.template import Template
    from watcher.channels.webhook import Shape

    template = None if target.template is None else Template(target.template)
    return Shape(cast("Format", target.form), template, content_type, headers or {})


def _command(target: CommandTarget) -> Channel:
    from watcher.channels.command import CommandChannel

    return CommandChannel(target.name, target.argv, target.folder, target.timeout, _shape(target))


def _feed(target: FeedTarget) -> Channel:
    from watcher.channels.feedfiles import FeedFiles

    return FeedFiles(target.name, target.folder, target.items, target.url)


def _service(
    target: HookTarget | TelegramTarget | MatrixTarget | NtfyTarget, post: HttpPost
) -> Channel:
    from watcher.channels.services import ServiceChannel

    service, url = _api(target)
    return ServiceChannel(target.name, service, post.allowing(url) if target.private else post)


def _api(target: HookTarget | TelegramTarget | MatrixTarget | NtfyTarget) -> tuple[Service, str]:
    """The service, and the address whose host it is at."""
    from watcher.channels import services
    from watcher.config.targets import HookTarget, MatrixTarget, TelegramTarget

    def read(name: str, value: str) -> str:
        return _sendable(target.name, name, value)

    if isinstance(target, HookTarget):
        url = read("url", target.url.read())
        return (services.Slack(url) if target.kind == "slack" else services.Discord(url)), url
    if isinstance(target, TelegramTarget):
        token = read("token", target.token.read())
        made = services.Telegram(token, target.chat, target.thread, target.silent, target.api)
        return made, target.api
    if isinstance(target, MatrixTarget):
        token = read("token", target.token.read())
        return services.Matrix(target.homeserver, token, target.room), target.homeserver
    topic = target.topic if isinstance(target.topic, str) else read("topic", target.topic.read())
    key = None if target.token is None else read("token", target.token.read())
    ntfy = services.Ntfy(topic, target.server, key, target.priority, target.tags)
    return ntfy, target.server


def addresses(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """The channels that post: name, address, and whether it may be a private one. An address may
    be a secret. Raises ConfigError where one cannot be read."""
    from watcher.config.targets import HookTarget, MatrixTarget, NtfyTarget, TelegramTarget
    from watcher.config.targets import WebhookTarget as Webhook

    for one in settings.channels:
        if isinstance(one, Webhook):
            yield one.name, one.url, one.private
        elif isinstance(one, HookTarget | TelegramTarget | MatrixTarget | NtfyTarget):
            yield one.name, _api(one)[1], one.private


def _sendable(channel: str, name: str, value: str) -> str:
    """What may stand in one line of a request, or ConfigError, which never repeats it."""
    if value.isascii() and value.isprintable():
        return value
    raise ConfigError(
        "WTC-CFG-022",
        f"channel {channel}: the value of {name!r} cannot be sent",
        hint="it must be one line of ASCII",
    )
