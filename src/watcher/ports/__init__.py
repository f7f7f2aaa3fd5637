"""The small protocols between the shell's parts. Only `app` builds what stands behind them."""

from __future__ import annotations

from watcher.ports.reader import Reader
from watcher.ports.shell import Channel, Clock, Fetcher, HttpPost, Ids, Journal, Parsers
from watcher.ports.store import (
    ChannelDecider,
    DeliveryStore,
    EntryStore,
    FeedStore,
    FollowStore,
    PageStore,
    PlaceDecider,
    PollDecider,
    RecheckStore,
    RetryDecider,
    RoomDecider,
    SignalStore,
    SiteStore,
    SoundDecider,
    Store,
    TellDecider,
    WaitingDecider,
)

__all__ = [
    "Channel",
    "ChannelDecider",
    "Clock",
    "DeliveryStore",
    "EntryStore",
    "FeedStore",
    "Fetcher",
    "FollowStore",
    "HttpPost",
    "Ids",
    "Journal",
    "PageStore",
    "Parsers",
    "PlaceDecider",
    "PollDecider",
    "Reader",
    "RecheckStore",
    "RetryDecider",
    "RoomDecider",
    "SignalStore",
    "SiteStore",
    "SoundDecider",
    "Store",
    "TellDecider",
    "WaitingDecider",
]
