"""The fixture newsroom: outlets that we wrote, with what each serves on each of its days.

A folder an outlet: `site.json` (routes by path and day), the files, `account.json` (what must come
of every page). `newsroom.json` beside them tells the days, the topics and what must be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

_PLACE = re.compile(r"\{\{([a-z]+)\}\}")


@dataclass(frozen=True, slots=True)
class Served:
    """What one path answers on one day. `body` is the file with its placeholders still in;
    `encoding` is the charset in which it goes over the wire, whatever `type` says."""

    status: int
    type: str
    body: bytes = b""
    encoding: str = "utf-8"


@dataclass(frozen=True)
class OutletSite:
    """One outlet: its folder and its `site.json`."""

    key: str
    folder: Path

    @cached_property
    def site(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "site.json").read_text("utf-8"))
        return loaded

    @cached_property
    def account(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "account.json").read_text("utf-8"))
        return loaded

    @property
    def name(self) -> str:
        return str(self.site["name"])

    @property
    def feed(self) -> str:
        """The feed's path."""
        return str(self.site["feed"])

    def served(self, path: str, day: int) -> Served | None:
        """The answer of `path` on `day`: that day's, else the last earlier one's; None for 404."""
        for route in self.site["routes"]:
            if route["path"] != path:
                continue
            days = [int(one) for one in route["days"] if int(one) <= day]
            if days:
                return self._answer(route, route["days"][str(max(days))])
        return None

    def _answer(self, route: Mapping[str, Any], what: str | Mapping[str, Any]) -> Served:
        if isinstance(what, str):
            body = (self.folder / what).read_bytes()
            return Served(200, route["type"], body, route.get("encoding", "utf-8"))
        return Served(int(what["status"]), "text/html; charset=utf-8", b"<h1>not here</h1>")


@dataclass(frozen=True)
class Newsroom:
    """All outlets and the story of their days."""

    folder: Path

    @classmethod
    def find(cls) -> Newsroom:
        """In the installed package, else in the checkout. Raises FileNotFoundError."""
        packed = Path(str(files("watcher"))) / "_newsroom"
        checkout = Path(__file__).resolve().parents[3] / "fixtures" / "newsroom"
        for folder in (packed, checkout):
            if (folder / "newsroom.json").is_file():
                return cls(folder)
        raise FileNotFoundError("the fixture newsroom is neither in the package nor beside it")

    @cached_property
    def plan(self) -> dict[str, Any]:
        """`newsroom.json`: days, topics, stories and alerts."""
        loaded: dict[str, Any] = json.loads((self.folder / "newsroom.json").read_text("utf-8"))
        return loaded

    @cached_property
    def outlets(self) -> dict[str, OutletSite]:
        return {key: OutletSite(key, self.folder / key) for key in self.plan["outlets"]}

    @property
    def days(self) -> list[str]:
        """When each day's pass begins, RFC 3339."""
        return [day["at"] for day in self.plan["days"]]

    def config_text(
        self,
        bases: Mapping[str, str],
        *,
        hook: str,
        secret_file: str,
        smtp_port: int,
        changes: Mapping[str, Any] | None = None,
    ) -> str:
        """A config.yaml (JSON is YAML) that watches this newsroom at `bases` (outlet key to
        `http://host:port`), tells the webhook at `hook` and the mail server at `smtp_port`.
        `changes` replaces whole sections."""
        config: dict[str, Any] = {
            "database": "watcher.db",
            "net": {
                "contact": "https://example.org/about-our-bot",
                "allow": ["127.0.0.1"],
                "allow_post": ["127.0.0.1"],
                "ports": ["1024-65535"],
                "gap": "0s",
                "per_host": 2,
            },
            "poll": {"every": "1h", "floor": "1s"},
            "feeds": [
                {"url": bases[key] + outlet.feed, "title": outlet.name}
                for key, outlet in self.outlets.items()
            ],
            "outlets": {
                bases[key].removeprefix("http://"): {"name": outlet.name}
                for key, outlet in self.outlets.items()
            },
            "aliases": self.plan["aliases"],
            "topics": {
                name: {"query": topic["query"], "channels": topic["channels"]}
                for name, topic in self.plan["topics"].items()
            },
            "channels": {
                "hook": {"type": "webhook", "url": hook, "secret": {"file": secret_file}},
                "desk": {"type": "email", "to": ["desk@newsroom.example"]},
            },
            "email": {
                "host": "127.0.0.1",
                "port": smtp_port,
                "security": "none",
                "sender": "watcher@newsroom.example",
            },
        }
        config.update(changes or {})
        return json.dumps(config, ensure_ascii=False, indent=2) + "\n"


def fill(text: str, bases: Mapping[str, str]) -> str:
    """With the placeholders `{{outlet}}` replaced by where that outlet is served."""
    return _PLACE.sub(lambda found: bases[found[1]], text)
