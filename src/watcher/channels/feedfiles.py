"""Feeds as files: an Atom and a JSON feed for each topic in one folder, each put in place whole."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread

from watcher.alerts.feedfile import added, name_of
from watcher.model.alert import DeliveryJob, Receipt, Retry, SendResult
from watcher.model.when import Micros

LARGEST = 50_000_000  # bytes of a file that is read again


class FeedFiles:
    """One at a time: what is added to a file starts from what it holds."""

    kind: Literal["email", "webhook"] = "webhook"

    def __init__(self, name: str, folder: Path, items: int, url: str | None = None) -> None:
        self.name = name
        self._folder = folder
        self._items = items
        self._url = url
        self._lock = anyio.Lock()

    async def send(self, job: DeliveryJob, now: Micros) -> SendResult:
        async with self._lock:
            try:
                return await anyio.to_thread.run_sync(self._add, job.delivery.payload)
            except OSError as error:
                return Retry(f"{self._folder}: {error.strerror or error}"[:300])

    def _add(self, text: str) -> SendResult:
        payload = json.loads(text)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name_of(payload)}.json"
        note = ""
        try:
            feeds = added(_read(path), payload, most=self._items, base=self._url)
        except (ValueError, TypeError, KeyError):
            # Somebody else's file: it is kept beside, and the feed begins anew.
            os.replace(path, path.with_suffix(".json.broken"))
            note = f"; {path.name} could not be read and is kept as {path.name}.broken"
            feeds = added(None, payload, most=self._items, base=self._url)
        # The JSON file last: it is what says that the item is in.
        _put(path.with_suffix(".atom"), feeds.atom)
        _put(path, feeds.json)
        return Receipt(None, f"{path.name}, {path.stem}.atom{note}")


def _read(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    if len(raw) > LARGEST:
        raise ValueError("too large")
    return raw.decode("utf-8")


def _put(path: Path, text: str) -> None:
    """Whoever reads it meanwhile has the old one or the new one, never a part."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
