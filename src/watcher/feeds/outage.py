"""Whether it is our own network that is down, and not the sites: judged by what requests to
different hosts met. Feeds are not blamed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from watcher.model.page import FetchFailed, FetchResult
from watcher.model.when import MINUTE, Micros
from watcher.text.hosts import pause_key

RECENT: Micros = 10 * MINUTE
HOSTS = 3  # so many silent ones, with no answer from any, are no chance

# Our name servers do not answer; no way leads out.
_OURS = frozenset({"WTC-NET-021", "WTC-NET-023"})
_REFUSED = "WTC-NET-022"  # somebody is there to say no: nothing about the network between
_UNSENT = frozenset({"paused", "refused", "robots"})
_SILENT = frozenset({"dns", "connect", "timeout"})


@dataclass(frozen=True, slots=True)
class Signs:
    """`answered`: when a host last answered anything; `silent`: hosts that could not be reached
    since, and when; `down`: since when our network counts as down."""

    answered: Micros | None = None
    silent: Mapping[str, Micros] = field(default_factory=dict)
    down: Micros | None = None


def after(signs: Signs, result: FetchResult, now: Micros) -> Signs:
    """The signs with this result among them."""
    if not isinstance(result, FetchFailed) or result.kind not in _SILENT | _UNSENT:
        return Signs(answered=now)
    if not is_silence(result):
        return signs
    silent = {host: at for host, at in signs.silent.items() if 0 <= now - at <= RECENT}
    silent[pause_key(result.url)] = now
    signs = replace(signs, silent=silent)
    if signs.down is None and _is_down(signs, result, now):
        return replace(signs, down=now)
    return signs


def is_silence(result: FetchResult) -> bool:
    """Nobody answered."""
    return isinstance(result, FetchFailed) and result.kind in _SILENT and result.code != _REFUSED


def blames_us(signs: Signs, result: FetchResult) -> bool:
    """Whether a failure is to be put down to our network, by signs that hold it already."""
    return signs.down is not None and is_silence(result)


def _is_down(signs: Signs, result: FetchFailed, now: Micros) -> bool:
    if signs.answered is not None and 0 <= now - signs.answered <= RECENT:
        return False
    return result.code in _OURS or len(signs.silent) >= HOSTS
