"""What people do to feeds, deliveries and channels: through the control socket of a running daemon,
or here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal

import anyio

from watcher.app import App, open_app, open_writing
from watcher.errors import UsageError
from watcher.model.alert import Mute
from watcher.model.story import StoryAct
from watcher.model.when import rfc3339
from watcher.pipeline.retry import Retried, retry
from watcher.ports import Journal, Store
from watcher.system import ShiftedClock, SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from watcher.config.settings import Settings
    from watcher.daemon.control import UseCase
    from watcher.model.when import Micros
    from watcher.ports import Clock

STORY_ACTS: dict[str, Literal["merge", "split", "not-a-copy"]] = {
    "merge": "merge",
    "split": "split",
    "not-a-copy": "not-a-copy",
}
SLOW_SECONDS = 90.0  # a poll within its deadline, its turn in the lane, and the reading


def use_cases(app: App, beat: Callable[[], None]) -> dict[str, UseCase]:
    """The acts by their names on the socket. `beat`: something may have become due."""
    now = app.desk.clock.now

    async def act(request: Mapping[str, Any]) -> dict[str, Any]:
        done = await app.desk.store.run(lambda store: acted(store, request, now()))
        beat()
        return {"done": done}

    async def poll_now(request: Mapping[str, Any]) -> dict[str, Any]:
        done = await retry(app.desk, str(request["feed"]), force=bool(request.get("force")))
        beat()
        return {"retried": shape(done)}

    async def on_story(request: Mapping[str, Any]) -> dict[str, Any]:
        done = await app.desk.store.run(lambda store: store.act_on_story(story_act(request), now()))
        return {"story": done}

    return dict.fromkeys(ACTS, act) | {"story": on_story, "retry": poll_now}


ACTS = ("pause", "resume", "deliver_again", "enable_channel", "disable_channel", "mute",
        "unmute")  # fmt: skip


def story_act(request: Mapping[str, Any]) -> StoryAct:
    """The act that a request on the socket names. Raises KeyError for any other."""
    name: Literal["merge", "split", "not-a-copy"] = STORY_ACTS[str(request["act"])]
    other = request.get("other")
    return StoryAct(name, str(request["one"]), str(request["author"]), other and str(other))


def on_story(database: Path, request: Mapping[str, Any]) -> str | None:
    """Through the daemon where it runs, else here. Raises BusyError where another process holds
    the database."""
    from watcher.daemon.client import ask

    reply = ask(database, {"do": "story", **request})
    if reply is not None:
        done = reply["story"]
        return None if done is None else str(done)
    with closing(open_writing(database)) as store:
        return store.act_on_story(story_act(request), SystemClock().now())


def acted(store: Store, request: Mapping[str, Any], now: Micros) -> bool:
    """Does one of `ACTS`; False where it does not apply to what it names."""
    author, act = str(request["author"]), request["do"]
    if act == "deliver_again":
        replay = bool(request.get("replay"))
        return store.deliver_again(str(request["delivery"]), now, author, replay=replay)
    if act == "enable_channel":
        return store.enable_channel(str(request["channel"]), author, now)
    if act == "disable_channel":
        return store.disable_channel(str(request["channel"]), author, now)
    if act == "mute":
        until = request["until"]
        end = None if until is None else int(until)
        store.mute(Mute(str(request["thing"]), end, bool(request["snooze"]), now, author))
        return True
    if act == "unmute":
        return store.unmute(str(request["thing"]), author, now)
    feed = str(request["feed"])
    if act == "pause":
        return store.pause_feed(feed, author, now)
    return store.resume_feed(feed, author, now, original=bool(request.get("original")))


def act(database: Path, request: Mapping[str, Any]) -> bool:
    """Through the daemon that holds the database, or here. Raises BusyError."""
    from watcher.daemon.client import ask

    reply = ask(database, request)
    return act_here(database, request) if reply is None else bool(reply["done"])


def act_here(database: Path, request: Mapping[str, Any]) -> bool:
    """Without a daemon. Raises BusyError where another process holds the database."""
    with closing(open_writing(database)) as store:
        return acted(store, request, SystemClock().now())


def retry_here(
    settings: Settings, journal: Journal, feed: str, *, at: Micros | None, force: bool
) -> dict[str, Any]:
    """Without a daemon. Raises what `one_pass` raises."""
    clock: Clock = SystemClock() if at is None else ShiftedClock(at)

    async def main() -> Retried:
        async with open_app(settings, clock, journal, starts_at=at) as app:
            return await retry(app.desk, feed, force=force)

    return shape(anyio.run(main))


def retry_broken_here(database: Path, feed: str | None, at: Micros | None) -> int:
    """Makes what was set aside due again, of one feed or of all, without a daemon; returns how
    much that is. Raises BusyError where another process holds the database."""
    now = SystemClock().now() if at is None else at
    with closing(open_writing(database)) as store:
        return store.retry_broken(now, feed=feed)


def no_clock() -> UsageError:
    return UsageError(
        "WTC-USE-007",
        "--at cannot be given to the running daemon, which has the machine's clock",
        hint="stop the daemon, or leave --at out",
    )


def shape(done: Retried) -> dict[str, Any]:
    """What the command prints of it (spec `interfaces`)."""
    made = done.decision
    error = made.error if made else None
    due = done.next_due
    return {
        "result": "refused" if made is None else "polled",
        "reason": done.reason,
        "outcome": made.outcome if made else None,
        "new": len(made.new) if made else 0,
        "changed": len(made.changed) if made else 0,
        "next_due": None if due is None else rfc3339(due - due % 1_000_000),
        "why": made.why if made else None,
        "notes": list(made.notes) if made else [],
        "error": {"code": error.code, "message": error.message, "hint": error.hint}
        if error
        else None,
    }
