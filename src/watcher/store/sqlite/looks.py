"""The part of the writer that speaks of pages that are looked at again."""

from __future__ import annotations

from contextlib import AbstractContextManager
from sqlite3 import Connection
from typing import Protocol

from watcher.model.article import ArticleDraft
from watcher.model.recheck import Looked, RecheckJob
from watcher.model.when import Micros
from watcher.ports import TellDecider
from watcher.store.sqlite import place as placing
from watcher.store.sqlite import recheck, view, waiting


class Looks(Protocol):
    def _writing(self, now: Micros | None = None) -> AbstractContextManager[Connection]: ...

    def claim_rechecks(
        self, now: Micros, until: Micros, token: str, limit: int, hourly: float
    ) -> list[RecheckJob]:
        with self._writing() as db:
            return recheck.claim(db, now, until, token, limit, hourly)

    def settle_recheck(
        self,
        looked: Looked,
        now: Micros,
        draft: ArticleDraft | None = None,
        tell: TellDecider | None = None,
    ) -> bool:
        with self._writing(now) as db:
            if not recheck.settle(db, looked):
                return False
            if draft is not None and tell is not None:
                told = tell(view.load(db, draft))
                placing.tell(db, told.alerts, told.deliveries)
                waiting.insert(db, told.waiting)
            return True
