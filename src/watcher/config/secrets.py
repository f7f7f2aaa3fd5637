"""Secrets: named in config.yaml, read when needed, never shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from watcher.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is. `where` is `file`, `env` or `credential` (a systemd credential)."""

    where: str
    name: str
    folder: Path

    def read(self) -> str:
        """The secret without the blanks around it. Raises ConfigError (WTC-CFG-020) where there
        is none; the error's text never holds the secret."""
        value = self._read()
        if not value:
            raise ConfigError(
                "WTC-CFG-020",
                f"the secret {{{self.where}: {self.name}}} cannot be read",
                hint=_HINTS[self.where].format(name=self.name),
            )
        return value

    def _read(self) -> str | None:
        if self.where == "env":
            return os.environ.get(self.name, "").strip()
        folder = self.folder
        if self.where == "credential":
            given = os.environ.get("CREDENTIALS_DIRECTORY")
            if not given:
                return None
            folder = Path(given)
        try:
            return (folder / self.name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None


_HINTS = {
    "file": "put it into the file {name} (relative to config.yaml), readable for this user",
    "env": "set the environment variable {name}",
    "credential": "load it with LoadCredential={name}:… in the systemd unit",
}
