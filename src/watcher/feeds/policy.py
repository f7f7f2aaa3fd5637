"""What the user allows: how often feeds may be polled."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.when import DAY, HOUR, MINUTE, Micros

PUBLIC_FLOOR = 15 * MINUTE  # a lower floor is only for hosts that the user allowed
UNVALIDATED_FLOOR = HOUR  # where an unchanged feed would be sent whole each time


@dataclass(frozen=True, slots=True)
class CadencePolicy:
    """`every`: first guess for a feed not yet known; `floor` and `cap` bound our own choice.
    `stretch`: by how much our own choices are longer, so that all feeds together keep to the
    budget of requests."""

    every: Micros = HOUR
    floor: Micros = 15 * MINUTE
    cap: Micros = DAY
    stretch: float = 1.0

    @property
    def public(self) -> bool:
        """Whether hosts of others are polled, who know us only by our manners."""
        return self.floor >= PUBLIC_FLOOR
