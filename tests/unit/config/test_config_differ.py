"""What a changed config changes is told by name, and what needs a restart apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config.differ import changes, needs_restart
from watcher.config.load import load_text

BASE = """
feeds: [https://a.example/f, {url: https://b.example/f, title: B}]
topics: {ferries: ferry, strikes: strike}
channels: {hook: {type: webhook, url: https://h.example/, secret: {env: HOOK}}}
"""


def settings(text: str):
    return load_text(text, Path("config.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", []),
        ("https://a.example/f", "https://c.example/f", ["+ feed https://c.example/f", "- feed https://a.example/f"]),
        ("title: B", "title: C", ["~ feed https://b.example/f: title"]),
        ("strikes: strike", "strikes: strike*", ["~ topic strikes: query, meaning"]),
        (", strikes: strike", "", ["- topic strikes"]),
        ("https://h.example/", "https://i.example/", ["~ channel hook: url"]),
        ("\ntopics", "\npoll: {every: 2h}\ntopics", ["~ every"]),
        ("\ntopics", "\nalerts: {backlog: all}\ntopics", ["~ backlog"]),
        ("url: https://b.example/f", "tls: insecure, url: https://b.example/f",
         ["~ feed https://b.example/f: how it is asked"]),
    ],
)  # fmt: skip
def test_every_change_is_named(old: str, new: str, told: list[str]):
    assert changes(settings(BASE), settings(BASE.replace(old, new, 1))) == told


def test_what_only_a_restart_changes_is_named_apart():
    new = settings(BASE + "net: {gap: 2s}\ndaemon: {listen: 127.0.0.1:9464}\ndatabase: other.db\n")
    assert needs_restart(settings(BASE), new) == ["database", "net", "listen"]
    assert changes(settings(BASE), new) == []


def test_every_setting_is_either_told_by_name_or_needs_a_restart():
    from dataclasses import fields

    from watcher.config import differ
    from watcher.config.settings import Settings

    told = {*differ.PLAIN, *differ.RESTART, "feeds", "access", "topics", "channels"}
    derived = {"path", "warnings", "queries", "reload"}
    assert {one.name for one in fields(Settings)} - derived <= told
