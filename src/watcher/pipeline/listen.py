"""Listen: topics that ask for bursts and silences, looked at every few minutes."""

from __future__ import annotations

from watcher.alerts.listen import listen
from watcher.model.signal import Heard, Sounds
from watcher.model.when import DAY
from watcher.pipeline.desk import Desk


async def hear(desk: Desk, kind: str, topic: str) -> None:
    """In one transaction, so that nothing is said twice. A topic that is gone is forgotten at the
    next start."""
    now = desk.clock.now()
    spec = desk.topics.specs.get(topic)

    def decide(version: int, sounds: Sounds) -> Heard:
        if spec is None:
            return Heard(now + DAY, sounds.state)
        return listen(kind, spec, version, sounds, desk.instance, now)

    heard = await desk.store.run(lambda store: store.listen(kind, topic, decide, now))
    for alert in heard.alerts:
        desk.journal.note("rhythm", topic=topic, kind=alert.kind, why=alert.reason)
    if heard.deliveries:
        desk.wake("deliver")
