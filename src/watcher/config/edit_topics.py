"""Topics written into config.yaml: every other byte stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode

from watcher.config.edit import by_hand, end_of, line_after, reads_as, replace_file
from watcher.config.load import load_text, read_text
from watcher.config.positions import read, tree


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic as it will stand in the file."""

    name: str
    query: str
    channels: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()

    @property
    def entry(self) -> dict[str, Any]:
        stated: dict[str, Any] = {"query": self.query, "channels": list(self.channels)}
        if self.langs:
            stated["scope"] = {"langs": list(self.langs)}
        return stated


def add_topics(path: Path, wanted: Sequence[NewTopic]) -> list[NewTopic]:
    """Writes those whose name is not there yet, all or none; returns them. Raises ConfigErrors,
    and writes nothing, where the file is not good before or after."""
    before = read_text(path)
    held = {one.topic for one in load_text(before, path).topics}
    fresh: dict[str, NewTopic] = {}
    for one in wanted:
        if one.name not in held:
            fresh.setdefault(one.name, one)
    if not fresh:
        return []
    added = list(fresh.values())
    after = _with_topics(before, added)
    old: Mapping[str, Any] = read(before, "").value or {}
    topics = {**(old.get("topics") or {}), **{one.name: one.entry for one in added}}
    if after is None or not reads_as(after, {**old, "topics": topics}):
        raise by_hand(
            path,
            "WTC-CFG-032",
            "the topics are written in a way that only you can add to",
            "add the topic by hand",
        )
    load_text(after, path)
    replace_file(path.resolve(), after)
    return added


def _with_topics(text: str, added: Sequence[NewTopic]) -> str | None:
    """None: the topics are written in a way that is not added to."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    root = tree(text, "")
    if root is None:
        return _put(text, len(text), ["topics:", *_lines(added, 2)], line_end)
    if not isinstance(root, MappingNode) or root.flow_style:
        return None
    pair = next((pair for pair in root.value if pair[0].value == "topics"), None)
    if pair is None:
        return _put(text, len(text), ["topics:", *_lines(added, 2)], line_end)
    key, value = pair
    if isinstance(value, MappingNode) and value.value and not value.flow_style:
        column = value.value[0][0].start_mark.column
        return _put(text, line_after(text, end_of(value)), _lines(added, column), line_end)
    if getattr(value, "value", None):
        return None
    head, tail = text[: key.end_mark.index], text[value.end_mark.index :]
    lines = line_end.join(_lines(added, 2))
    kept = tail if tail.startswith(("\n", "\r")) or not tail else line_end + tail.lstrip(" ")
    return f"{head}:{line_end}{lines}{kept}"


def _put(text: str, at: int, lines: Sequence[str], line_end: str) -> str:
    start = "" if at == 0 or text[at - 1] == "\n" else line_end
    return text[:at] + start + line_end.join(lines) + line_end + text[at:]


def _lines(added: Sequence[NewTopic], column: int) -> list[str]:
    pad = " " * column
    lines = []
    for one in added:
        lines += [f"{pad}{one.name}:", f"{pad}  query: {_text(one.query)}"]
        if one.langs:
            lines.append(f"{pad}  scope: {{langs: [{', '.join(map(_text, one.langs))}]}}")
        lines.append(f"{pad}  channels: [{', '.join(one.channels)}]")
    return lines


def _text(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
