"""Changes to config.yaml that touch nothing else in it: every other byte stays."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.representer import SafeRepresenter

from watcher.config.load import load_text, read_text
from watcher.config.positions import read, tree
from watcher.errors import ConfigError, ConfigErrors, Place
from watcher.model.ids import feed_id
from watcher.text.urls import normalise


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed as it will stand in the file; its title on one line."""

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
    seen: str | None = None  # RFC 3339
    page: str | None = None  # a list page: the selector of its links, or `auto`

    @property
    def entry(self) -> Any:
        stated: dict[str, Any] = {
            "title": _one_line(self.title or ""),
            "folder": [_one_line(name) for name in self.folder],
            "tags": [_one_line(tag) for tag in self.tags],
            "page": self.page,
            "seen": self.seen,
        }
        kept = {key: value for key, value in stated.items() if value}
        return {"url": self.url, **kept} if kept else self.url


def add_feed(path: Path, url: str, title: str | None = None) -> bool:
    """Writes a feed into the config at `path`. False where it is there already.

    Raises ConfigErrors, and writes nothing, where the file is not good before or after.
    """
    return bool(add_feeds(path, [NewFeed(url, title)]))


def add_feeds(path: Path, wanted: Sequence[NewFeed]) -> list[NewFeed]:
    """Writes those of `wanted` that are not there yet, all or none; returns them.

    Raises what `add_feed` raises.
    """
    before = read_text(path)
    feeds = load_text(before, path).feeds
    held = {feed.feed for feed in feeds} | {normalise(feed.url) for feed in feeds}
    fresh: dict[str, NewFeed] = {}
    for one in wanted:
        address = normalise(one.url)
        if address not in held and feed_id(address) not in held:
            fresh.setdefault(address, one)
    if not fresh:
        return []
    added = list(fresh.values())
    entries = [one.entry for one in added]
    after = _with_feeds(before, entries)
    old = read(before, "").value or {}
    if not reads_as(after, {**old, "feeds": [*(old.get("feeds") or []), *entries]}):
        raise by_hand(
            path,
            "WTC-CFG-030",
            "the list of feeds is written in a way that only you can add to",
            "add the feed by hand",
        )
    load_text(after, path)
    replace_file(path.resolve(), after)
    return added


def _one_line(text: str) -> str:
    """Without line breaks and halves of characters, which no line of a file could hold."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def reads_as(after: str, wanted: object) -> bool:
    """Whether the edited text says what was meant, and no more."""
    try:
        return bool(read(after, "").value == wanted)
    except ConfigError:
        return False


def by_hand(path: Path, code: str, what: str, hint: str) -> ConfigErrors:
    """For layouts that are YAML, but not what anybody writes into a config."""
    return ConfigErrors([ConfigError(code, what, hint=hint, place=Place(str(path)))])


def _with_feeds(text: str, entries: Sequence[Any]) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    root = tree(text, "")
    if not isinstance(root, MappingNode):  # nothing yet, or comments alone
        return _after(text, len(text), f"feeds:{line_end}{_block(entries, 2, line_end)}", line_end)
    feeds = next((value for key, value in root.value if key.value == "feeds"), None)
    if isinstance(feeds, SequenceNode):
        return _into_list(text, feeds, entries, line_end)
    if feeds is not None:
        return _into_nothing(text, root, entries, line_end)
    if root.flow_style:
        at = end_of(root.value[-1][1]) if root.value else root.start_mark.index + 1
        return _insert(text, at, f"{', ' if root.value else ''}feeds: [{_flow(entries)}]")
    column = root.start_mark.column
    new = f"{' ' * column}feeds:{line_end}{_block(entries, column + 2, line_end)}"
    return _after(text, len(text), new, line_end)


def _into_list(text: str, feeds: SequenceNode, entries: Sequence[Any], line_end: str) -> str:
    """After the last item; comments behind it stay behind."""
    if not feeds.flow_style:
        new = _block(entries, feeds.start_mark.column, line_end)
        return _after(text, line_after(text, end_of(feeds.value[-1])), new, line_end)
    if feeds.value:
        return _insert(text, end_of(feeds.value[-1]), f", {_flow(entries)}")
    return _insert(text, text.index("[", feeds.start_mark.index) + 1, _flow(entries))


def _into_nothing(text: str, root: MappingNode, entries: Sequence[Any], line_end: str) -> str:
    """`feeds:` with nothing below it, or with a word for nothing."""
    key, value = next(pair for pair in root.value if pair[0].value == "feeds")
    if value.value or root.flow_style:
        head, tail = text[: value.start_mark.index], text[value.end_mark.index :]
        return f"{head}{'' if head[-1].isspace() else ' '}[{_flow(entries)}]{tail}"
    at = line_after(text, key.end_mark.index)
    return _after(text, at, _block(entries, root.start_mark.column + 2, line_end), line_end)


def end_of(node: Node) -> int:
    """Where the last word of `node` ends: a block's own end lies behind the comments after it."""
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return end_of(node.value[-1])
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        key, value = node.value[-1]
        nothing = isinstance(value, ScalarNode) and not value.value and value.style is None
        return int(key.end_mark.index) if nothing else end_of(value)
    return int(node.end_mark.index)


def line_after(text: str, at: int) -> int:
    """The first line that begins at or after `at`."""
    if at and text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _after(text: str, at: int, line: str, line_end: str) -> str:
    """`text` with `line` in front of offset `at`, where a line begins or the text ends."""
    start = "" if at == 0 or text[at - 1] == "\n" else line_end
    return _insert(text, at, f"{start}{line}{line_end}")


def _insert(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at:]


def _block(entries: Sequence[Any], column: int, line_end: str) -> str:
    """One `- item` a line, indented by `column`."""
    return line_end.join(" " * column + f"- {_flow([one])}" for one in entries)


class _Quoting(SafeRepresenter):
    """Quotes what begins with a question mark: between brackets the library writes it plain, and
    reads it as a key."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def text(self, data: str) -> ScalarNode:
        style = '"' if data.startswith("?") else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Quoting.add_representer(str, _Quoting.text)


def _flow(entries: Sequence[Any]) -> str:
    """The entries between commas on one line, quoted where they must be, as they may stand in a
    list of either kind."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Representer = _Quoting
    yaml.default_flow_style = True
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 1_000_000
    out = StringIO()
    yaml.dump(list(entries), out)
    return out.getvalue().strip()[1:-1]


def replace_file(path: Path, text: str) -> None:
    """All or nothing: a new file in the same folder takes the old one's name and mode."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
