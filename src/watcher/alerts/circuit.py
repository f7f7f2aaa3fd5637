"""What the attempts on a channel say of it: when it is left alone for a while, when for good, and
when somebody is to hear of it (spec `storage` §4)."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerts.notice import of_no_article
from watcher.model.alert import ChannelDecision, ChannelState, Dead, Receipt, SendResult
from watcher.model.when import DAY, HOUR, MINUTE, Micros, rfc3339

OPENS_AFTER = 5  # failures in a row: then one probe at a time
PROBES: tuple[Micros, ...] = (MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE)
TOLD_AFTER: Micros = HOUR  # of failing, with the circuit open
DISABLED_AFTER: Micros = 5 * DAY  # without one success


def judged(state: ChannelState, result: SendResult, now: Micros) -> ChannelDecision:
    """After an attempt that ended so. A channel is told of once when it fails, once when it is
    disabled, and once when it works again."""
    if isinstance(result, Receipt):
        return _worked(state, now)
    failed = replace(
        state,
        failures=state.failures + 1,
        failing_since=now if state.failing_since is None else min(state.failing_since, now),
        last_error=result.reason,
    )
    if isinstance(result, Dead) and result.disable:
        return _disabled(state, failed, result.reason, now)
    since = failed.failing_since or now
    if now - since >= DISABLED_AFTER:
        return _disabled(state, failed, f"failing since {_time(since)}", now)
    if failed.failures < OPENS_AFTER:
        return ChannelDecision(failed)
    step = min(failed.failures - OPENS_AFTER, len(PROBES) - 1)
    failed = replace(failed, open_until=now + PROBES[step])
    if now - since >= TOLD_AFTER:
        # The id derives from when it began, so that it is told once however often it fails.
        said = f"channel {state.channel} fails since {_time(since)}: {result.reason}"
        return ChannelDecision(
            failed, of_no_article("channel_failing", state.channel, since, said, now)
        )
    return ChannelDecision(failed)


def room(state: ChannelState, now: Micros, most: int) -> int:
    """How many deliveries may be under way on it at a time."""
    if state.disabled_at is not None or now < state.open_until:
        return 0
    return 1 if state.failures >= OPENS_AFTER else most


def _worked(state: ChannelState, now: Micros) -> ChannelDecision:
    healthy = ChannelState(state.channel, last_ok=now)
    since = state.failing_since
    if since is None or now - since < TOLD_AFTER or state.failures < OPENS_AFTER:
        return ChannelDecision(healthy)
    said = f"channel {state.channel} works again; it failed since {_time(since)}"
    return ChannelDecision(
        healthy, of_no_article("channel_recovered", state.channel, since, said, now)
    )


def _disabled(before: ChannelState, failed: ChannelState, why: str, now: Micros) -> ChannelDecision:
    if before.disabled_at is not None:
        return ChannelDecision(failed)
    state = replace(failed, disabled_at=now, why=why)
    said = f"channel {failed.channel} is disabled: {why}"
    since = failed.failing_since or now
    return ChannelDecision(
        state, of_no_article("channel_failing", f"{failed.channel} disabled", since, said, now)
    )


def _time(at: Micros) -> str:
    return rfc3339(at - at % 1_000_000)
