"""The exit statuses of every command, in one place (spec `interfaces`)."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a status means stands in `meaning`."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3
    NOTHING = 4
    UNHEALTHY = 5
    UNAVAILABLE = 69
    BUSY = 75
    CONFIG = 78
    INTERRUPTED = 130
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        """In a few words, for `help exit-codes` and the reference."""
        return MEANINGS[self]


MEANINGS = {
    Exit.OK: "done",
    Exit.FAILURE: "failed; the message says why",
    Exit.USAGE: "a wrong argument or query on the command line",
    Exit.PARTIAL: "some feeds failed, the others are done (`once`)",
    Exit.NOTHING: "nothing was found (with `--exit-code`)",
    Exit.UNHEALTHY: "unhealthy (`doctor`, `status --health`, `db check`)",
    Exit.UNAVAILABLE: "no database or network",
    Exit.BUSY: "another process holds the database",
    Exit.CONFIG: "config.yaml has a problem, or a secret cannot be read",
    Exit.INTERRUPTED: "Ctrl-C; what was in hand is finished or rolled back",
    Exit.TERMINATED: "SIGTERM; the same",
}
