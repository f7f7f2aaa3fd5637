"""Hosts that asked to be left alone (429, 503), so that nothing at all is sent to them meanwhile
(spec `polling` §5, checks 30-34)."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.model.feed import Pause
from watcher.model.when import HOUR, MINUTE, Micros
from watcher.net.policy import Reach
from watcher.ports import Clock
from watcher.text.hosts import pause_key
from watcher.text.retry_after import LONGEST
from watcher.text.urls import host, port

# For a 429 that does not say how long; of hosts that the user allowed, as everywhere, sooner.
UNSAID: Micros = HOUR
UNSAID_ALLOWED: Micros = MINUTE


class Pauses:
    """By `text.hosts.pause_key`. What the store knows of pauses is told by `add`."""

    def __init__(self, clock: Clock, reach: Reach) -> None:
        self._clock = clock
        self._reach = reach
        self._held: dict[str, Pause] = {}

    def add(self, pauses: Iterable[Pause]) -> None:
        """Pauses that are not firm bind whom the store hands out, not single requests."""
        for pause in pauses:
            held = self._held.get(pause.host)
            if pause.firm and (held is None or held.until < pause.until):
                self._held[pause.host] = pause

    def of(self, url: str) -> Pause | None:
        """The pause that the host of `url` is in. No clock that was set back makes it longer than
        the longest that is ever kept."""
        key = pause_key(url)
        pause = self._held.get(key)
        if pause is None or 0 < pause.until - self._clock.now() <= LONGEST:
            return pause
        del self._held[key]
        return None

    def heard(self, url: str, status: int, wait: Micros | None) -> Pause | None:
        """The pause that an answer of `status` asks for, from now on kept. `wait`: its
        Retry-After. A 503 that does not say how long may be the fault of one page."""
        if status not in {429, 503} or (status == 503 and wait is None):
            return None
        if wait is None:
            wait = UNSAID_ALLOWED if self._reach.names(host(url), port(url)) else UNSAID
        if wait <= 0:
            return None
        said = f"it answered {status}"
        pause = Pause(pause_key(url), self._clock.now() + min(wait, LONGEST), said)
        self.add([pause])
        return pause
