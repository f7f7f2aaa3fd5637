"""The options that stand on every command, and what they lead to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from watcher.config.settings import Settings
    from watcher.ports import Reader

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_CONFIG = "config.yaml"
DEFAULT_DATABASE = "watcher.db"

# A config that begins as people write one: comments, then a key with what is below it.
_IS_BLOCK = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[a-z_]+:[ \t]*[\n\[{]")
_NAMED = re.compile(r"^database:[ \t]+([A-Za-z0-9_./-]+\.(?:db|sqlite3?))[ \t]*(?:#[^\n]*)?$", re.M)


@dataclass(frozen=True, slots=True)
class Where:
    """Which config and which database the command speaks of."""

    config: str | None
    db: str | None

    def settings(self, *, needs_config: bool = False) -> Settings:
        """The settings. Without config.yaml (and none asked for) empty ones on `--db`, unless the
        command needs feeds, topics or channels."""
        path = Path(self.config or DEFAULT_CONFIG)
        if self.config is not None or needs_config or path.exists():
            from watcher.config.load import load

            settings = load(path)
            return settings.on(Path(self.db)) if self.db else settings
        from watcher.config.settings import Settings

        return Settings.empty(Path(self.db or DEFAULT_DATABASE))

    def database(self) -> Path:
        """The database alone, without reading the config where `--db` names it."""
        if self.db:
            return Path(self.db)
        return self._named_plainly() or self.settings().database

    def _named_plainly(self) -> Path | None:
        """The database of a config that says it in so many words, or not at all, without reading
        the rest: reading commands are to be quick. None where it is said in any other way."""
        path = Path(self.config or DEFAULT_CONFIG)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        if "database" not in text and _IS_BLOCK.match(text):
            return path.parent / DEFAULT_DATABASE
        found = _NAMED.findall(text)
        if len(found) == 1 and text.count("database") == 1:
            return path.parent / str(found[0])
        return None

    def reader(self) -> Reader:
        from watcher.app import open_reading

        return open_reading(self.database())


def where_options(command: F) -> F:
    """Adds `-c/--config` and `--db` as one argument `where: Where`."""

    @wraps(command)
    def fold(config: str | None, db: str | None, **rest: Any) -> Any:
        return command(where=Where(config, db), **rest)

    held = click.option("--db", metavar="FILE", help="The database, in place of the config's.")(
        fold
    )
    return cast(
        F,
        click.option(
            "-c", "--config", metavar="FILE", help="The config file (default: config.yaml)."
        )(held),
    )


def json_options(command: F) -> F:
    """Adds `--json` and `--ndjson`."""
    command = click.option("--ndjson", is_flag=True, help="Print the items as JSON, one a line.")(
        command
    )
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def page_options(limit: int) -> Callable[[F], F]:
    """Adds `--limit` and `--after`."""

    def add(command: F) -> F:
        command = click.option("--after", metavar="CURSOR", help="Go on after this cursor.")(
            command
        )
        return click.option(
            "--limit",
            type=click.IntRange(min=0),
            default=limit,
            show_default=True,
            help="At most this many; 0 means all.",
        )(command)

    return add


def author() -> str:
    """Who does what a command does."""
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "somebody"
