"""The statuses that errors end with are those that are documented, and no others."""

from __future__ import annotations

from watcher import errors
from watcher.exits import Exit


def test_every_error_ends_with_a_known_status():
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    statuses = {one.exit_status for one in kinds if issubclass(one, errors.WatcherError)}
    assert statuses <= set(map(int, Exit))


def test_every_status_has_a_meaning():
    assert all(one.meaning for one in Exit)
