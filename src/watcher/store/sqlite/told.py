"""What was told and how it was delivered, as commands read it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from watcher.model.rows import AlertRow, DeliveryRow, Page
from watcher.store.sqlite import pages, records
from watcher.store.sqlite.codec import Row, clean, optional

if TYPE_CHECKING:
    from watcher.model.alert import ChannelState, Mute
    from watcher.model.topic import TopicVersion
    from watcher.model.when import Micros

DELIVERY = """
SELECT *, CASE WHEN lease_token IS NULL THEN state ELSE 'leased' END AS shown FROM delivery
"""


class Told:
    """The part of the reader that speaks of alerts, deliveries and channels."""

    _db: sqlite3.Connection

    def alerts(
        self, *, limit: int, after: str | None = None, topic: str | None = None
    ) -> Page[AlertRow]:
        rows = self._db.execute(
            "SELECT * FROM alert WHERE id < ? AND (?2 IS NULL OR topic = ?2)"
            " ORDER BY id DESC LIMIT ?3",
            (pages.below(after), optional(topic), limit + 1),
        ).fetchall()
        return pages.page(rows, limit, records.alert, lambda row: str(row["id"]))

    def alert(self, ident: str) -> AlertRow | None:
        row = self._db.execute("SELECT * FROM alert WHERE alert = ?", (clean(ident),)).fetchone()
        return None if row is None else records.alert(row)

    def query(self, topic: str, version: int) -> str | None:
        row = self._db.execute(
            "SELECT query FROM topic_version WHERE topic = ? AND version = ?",
            (clean(topic), version),
        ).fetchone()
        return None if row is None else str(row["query"])

    def topic_version(self, topic: str) -> TopicVersion | None:
        from watcher.model.topic import TopicVersion
        from watcher.store.sqlite import topics

        row = self._db.execute(topics.NEWEST, (clean(topic),)).fetchone()
        return None if row is None else TopicVersion(topic, *row)

    def delivery(self, ident: str) -> DeliveryRow | None:
        row = self._db.execute(DELIVERY + "WHERE delivery = ?", (clean(ident),)).fetchone()
        return None if row is None else self._delivery(row)

    def waiting(self) -> dict[str, int]:
        rows = self._db.execute(
            "SELECT channel, count(*) FROM delivery WHERE state = 'due' GROUP BY channel"
        )
        return dict(rows.fetchall())

    def mutes(self, now: Micros) -> list[Mute]:
        from watcher.store.sqlite import waiting

        held = waiting.mutes(self._db).values()
        return [one for one in held if one.until is None or one.until > now]

    def channels(self) -> list[ChannelState]:
        from watcher.store.sqlite import channels

        return list(channels.states(self._db))

    def deliveries(
        self,
        *,
        limit: int,
        after: str | None = None,
        state: str | None = None,
        alert: str | None = None,
    ) -> Page[DeliveryRow]:
        rows = self._db.execute(
            DELIVERY + "WHERE id < ?1 AND (?2 IS NULL OR"
            "   CASE WHEN lease_token IS NULL THEN state ELSE 'leased' END = ?2)"
            " AND (?4 IS NULL OR alert = ?4) ORDER BY id DESC LIMIT ?3",
            (pages.below(after), state, limit + 1, optional(alert)),
        ).fetchall()
        return pages.page(rows, limit, self._delivery, lambda row: str(row["id"]))

    def _delivery(self, row: Row) -> DeliveryRow:
        from watcher.model.alert import Attempt

        attempts = self._db.execute(
            "SELECT at, status, error, ms FROM attempt WHERE delivery = ? ORDER BY id",
            (row["delivery"],),
        )
        return DeliveryRow(
            row["delivery"],
            row["alert"],
            row["channel"],
            row["shown"],
            tuple(Attempt(*attempt) for attempt in attempts),
            row["due_at"],
        )
