"""What no single key of a channel can tell: what its format needs, a template that is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from watcher.config.channels import (
    CommandChannelModel,
    FeedChannelModel,
    TemplateFile,
    WebhookChannelModel,
)
from watcher.config.models import Config
from watcher.config.positions import Document
from watcher.config.target import template_fault
from watcher.config.values import public_url
from watcher.errors import ConfigError, Place, WatcherError
from watcher.text.urls import join


def check_channels(
    config: Config,
    document: Document,
    whole: Any,
    folder: Path,
    problems: list[WatcherError],
    warnings: list[str],
) -> None:
    """`whole`: what the file has, good or not."""
    stated = whole.get("channels") if isinstance(whole, Mapping) else None
    stated = stated if isinstance(stated, Mapping) else {}
    for name, one in config.channels.items():
        if isinstance(one, WebhookChannelModel):
            problems += _webhook(name, one, document, stated.get(name) or {})
            if one.headers and one.url.lower().startswith("http:") and not one.allow_private:
                warnings.append(f"channel {name!r}: its headers travel unencrypted (http)")
        if isinstance(one, WebhookChannelModel | CommandChannelModel):
            problems += _template(name, one, document, folder)
        if isinstance(one, FeedChannelModel):
            problems += _folder(name, one, config, document)


def _webhook(
    name: str, one: WebhookChannelModel, document: Document, stated: Any
) -> list[WatcherError]:
    problems: list[WatcherError] = []
    if join("", one.url) is None:
        problems.append(
            ConfigError(
                "WTC-CFG-018",
                f"{public_url(one.url)!r} is no address of a webhook",
                hint="write it whole, for example https://example.org/hook",
                place=document.place(("channels", name, "url")),
            )
        )
    signs = one.template is None and stated.get("format", "standard") == "standard"
    if signs and not one.secret and "secret" not in stated:
        problems.append(
            ConfigError(
                "WTC-CFG-011",
                f"channels.{name}.secret is missing",
                hint="add `secret: {file: …}`, the key that signs; other formats do without",
                place=document.place(("channels", name), key=True),
            )
        )
    return problems


def _template(
    name: str, one: WebhookChannelModel | CommandChannelModel, document: Document, folder: Path
) -> list[WatcherError]:
    """A template is read, its names are looked up, and it is tried on a sample."""
    key = ("channels", name, "template")
    if one.template is None:
        return []
    if one.format != "standard":
        return [
            ConfigError(
                "WTC-CFG-024",
                f"channel {name!r} has both a format and a template",
                hint="remove one of the two",
                place=document.place(key, key=True),
            )
        ]
    fault = template_fault(one.template, folder)
    if fault is None:
        return []
    place = document.place(key)
    if isinstance(one.template, TemplateFile):
        if fault.line is not None:
            place = Place(str(folder / one.template.file), fault.line, 1)
    elif fault.line is not None:
        first = (place.line or 1) + (key in document.blocks)
        many = "\n" in one.template and key in document.blocks
        place = Place(place.file, first + fault.line - 1, 1) if many else place
    where = f", line {fault.line}" if fault.line else ""
    return [
        ConfigError(
            "WTC-CFG-024",
            f"channel {name!r}: the template{where}: {fault.message}",
            hint=f"did you mean `{fault.suggestion}`?"
            if fault.suggestion
            else "docs/channels.md says what a template can use",
            place=place,
            suggestion=fault.suggestion,
        )
    ]


def _folder(
    name: str, one: FeedChannelModel, config: Config, document: Document
) -> list[WatcherError]:
    """Two that write the same files would undo each other's work."""
    same = [
        other
        for other, held in config.channels.items()
        if isinstance(held, FeedChannelModel) and Path(held.folder) == Path(one.folder)
    ]
    if same[0] == name:
        return []
    return [
        ConfigError(
            "WTC-CFG-025",
            f"channels {same[0]!r} and {name!r} write their feeds into the same folder",
            hint="give each a folder of its own, or name one channel in all topics",
            place=document.place(("channels", name, "folder")),
        )
    ]
