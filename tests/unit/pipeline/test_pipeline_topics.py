"""Topics that change while articles are on their way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.store.builders import draft

from watcher.app import open_place
from watcher.config.settings import Settings
from watcher.model.topic import TopicSpec
from watcher.pipeline.place import place
from watcher.pipeline.topics import Origin, TopicDesk
from watcher.system import SystemClock
from watcher.topics.match import Matcher
from watcher.topics.parse import parse_query


def desk(query: str, version: int) -> TopicDesk:
    spec = TopicSpec("t", query, query)
    matcher = Matcher([spec], {"t": parse_query(query, {})}, {"t": version})
    return TopicDesk({"t": spec}, matcher)


def test_whoever_holds_the_old_topics_is_led_to_the_newest() -> None:
    old, new, newest = desk("a", 1), desk("b", 2), desk("c", 3)
    assert old.newest() is old
    old.replaced_by(new)
    new.replaced_by(newest)
    assert old.newest() is new.newest() is newest.newest() is newest


def test_an_article_on_its_way_is_matched_by_the_topics_that_stand_when_it_is_placed(
    tmp_path: Path,
) -> None:
    made = draft("a")
    text = replace(made, text=replace(made.text, source="import"))
    old, new = desk("zebra", 1), desk(text.text.title.split()[0], 2)

    class Late:
        """The writer, which was busy: the topics change before it comes to the article."""

        def __init__(self, door: Any) -> None:
            self._door = door

        async def run(self, call: Any) -> Any:
            if old.newest() is old:
                old.replaced_by(new)
            return await self._door.run(call)

    async def go() -> Any:
        settings = Settings.empty(tmp_path / "w.db")
        async with open_place(settings, SystemClock(), Silent(), tell_imports=False) as held:
            own = replace(held, topics=old, store=Late(held.store))
            # It is matched by the old topics before the writer is asked at all.
            return await place(own, text, Origin())

    (match,) = asyncio.run(go()).matches
    assert (match.topic, match.version) == ("t", 2)


class Silent:
    def note(self, event: str, **facts: object) -> None:
        pass
