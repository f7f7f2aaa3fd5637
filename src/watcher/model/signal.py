"""What is heard of a topic's news as a whole: bursts, and outlets that fall silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.model.alert import Alert, Delivery, Mute
from watcher.model.when import Micros


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that brought matches. `moments`: of its entries, the oldest first; `until`: its last
    good poll, before which nothing can be missed."""

    feed: str
    name: str
    moments: tuple[Micros, ...]
    until: Micros


@dataclass(frozen=True, slots=True)
class Sounds:
    """What there is to listen to. `hours`: matches an hour, the oldest first, the running one
    last; `headlines`: of the running hour, the newest first; `state`: what was said, since when,
    by feed ("" for a burst); `mutes`: by thing."""

    state: Mapping[str, Micros]
    mutes: Mapping[str, Mute]
    hours: tuple[int, ...] = ()
    headlines: tuple[str, ...] = ()
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What is told, what is remembered, and when to listen again."""

    due_at: Micros
    state: Mapping[str, Micros] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
