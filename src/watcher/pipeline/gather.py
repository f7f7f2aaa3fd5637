"""Gather: what waited for one channel of a topic goes out when its time has come, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.alerts.quiet import close
from watcher.model.alert import Closing, Mute, Sent, Waiting
from watcher.pipeline.desk import Desk


async def gather(desk: Desk, topic: str, channel: str) -> None:
    """One transaction, so that a kill repeats and loses nothing: the rows that waited are gone
    when their delivery stands."""
    now = desk.clock.now()
    spec = desk.topics.specs.get(topic)

    def decide(rows: Sequence[Waiting], sent: Sequence[Sent], mutes: Mapping[str, Mute]) -> Closing:
        return close(
            spec,
            channel,
            rows,
            sent=sent,
            mutes=mutes,
            instance=desk.instance,
            now=now,
        )

    made = await desk.store.run(lambda store: store.close_waiting(topic, channel, decide, now))
    desk.journal.note(
        "gather",
        topic=topic,
        channel=channel,
        deliveries=[one.delivery for one in made.deliveries],
        waits=len(made.keep),
        dropped=len(made.dropped),
    )
    if made.deliveries:
        desk.wake("deliver")
