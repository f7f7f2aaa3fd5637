"""One channel of config.yaml to its target, and what is wrong with its template."""

from __future__ import annotations

from pathlib import Path

from watcher.alerts.template import Template, TemplateFault
from watcher.alerts.variables import SAMPLE
from watcher.config.base import SecretModel
from watcher.config.channels import (
    CommandChannelModel,
    DiscordChannelModel,
    EmailChannelModel,
    FeedChannelModel,
    MatrixChannelModel,
    NtfyChannelModel,
    SlackChannelModel,
    TelegramChannelModel,
    TemplateFile,
    WebhookChannelModel,
)
from watcher.config.secrets import Secret
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

Channel = (
    EmailChannelModel
    | WebhookChannelModel
    | SlackChannelModel
    | DiscordChannelModel
    | TelegramChannelModel
    | MatrixChannelModel
    | NtfyChannelModel
    | CommandChannelModel
    | FeedChannelModel
)


def secret(model: SecretModel, folder: Path) -> Secret:
    where, name = next((where, name) for where, name in model if name is not None)
    return Secret(where, name, folder)


def target(name: str, one: Channel, folder: Path) -> Target:
    match one:
        case EmailChannelModel():
            return EmailTarget(name, one.to)
        case WebhookChannelModel():
            return _webhook(name, one, folder)
        case SlackChannelModel() | DiscordChannelModel():
            return HookTarget(name, one.type, secret(one.url, folder), one.allow_private)
        case TelegramChannelModel():
            token = secret(one.token, folder)
            return TelegramTarget(
                *(name, token, one.chat, one.thread, one.silent, one.api, one.allow_private)
            )
        case MatrixChannelModel():
            token = secret(one.token, folder)
            return MatrixTarget(name, one.homeserver, token, one.room, one.allow_private)
        case NtfyChannelModel():
            return _ntfy(name, one, folder)
        case CommandChannelModel():
            text = template_text(one.template, folder)
            return CommandTarget(name, one.argv, folder, one.timeout, one.format, text)
        case FeedChannelModel():
            return FeedTarget(name, folder / one.folder, one.url, one.items)


def _webhook(name: str, one: WebhookChannelModel, folder: Path) -> WebhookTarget:
    return WebhookTarget(
        name=name,
        url=one.url,
        secrets=tuple(secret(key, folder) for key in one.secret),
        form=one.format,
        template=template_text(one.template, folder),
        content_type=one.content_type,
        headers={
            header: secret(value, folder) if isinstance(value, SecretModel) else value
            for header, value in one.headers.items()
        },
        private=one.allow_private,
    )


def _ntfy(name: str, one: NtfyChannelModel, folder: Path) -> NtfyTarget:
    return NtfyTarget(
        name=name,
        topic=secret(one.topic, folder) if isinstance(one.topic, SecretModel) else one.topic,
        server=one.server,
        token=None if one.token is None else secret(one.token, folder),
        priority=one.priority,
        tags=one.tags,
        private=one.allow_private,
    )


def template_text(template: str | TemplateFile | None, folder: Path) -> str | None:
    """Raises OSError and ValueError where its file cannot be read."""
    if isinstance(template, TemplateFile):
        return (folder / template.file).read_text("utf-8")
    return template


def template_fault(template: str | TemplateFile | None, folder: Path) -> TemplateFault | None:
    """Why a template cannot be used, tried on a sample as well, or None."""
    try:
        text = template_text(template, folder)
        if text is not None:
            Template(text).render(SAMPLE)
    except TemplateFault as fault:
        return fault
    except (OSError, ValueError) as error:
        assert isinstance(template, TemplateFile)
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return TemplateFault(f"the file {template.file} cannot be read: {why}")
    return None
