"""Changes to config.yaml that keep its comments and layout."""

from __future__ import annotations

import os
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from watcher.config.load import load, load_text
from watcher.model.ids import feed_id
from watcher.text.urls import normalise


def add_feed(path: Path, url: str, title: str | None = None) -> bool:
    """Writes a feed into the config at `path`. False where it is there already.

    Raises ConfigErrors, and writes nothing, where the file is not good before or after.
    """
    wanted = feed_id(normalise(url))
    if any(
        feed.feed == wanted or normalise(feed.url) == normalise(url) for feed in load(path).feeds
    ):
        return False
    before = path.read_text(encoding="utf-8")
    after = _with_feed(before, url, title)
    load_text(after, path)
    _replace(path, after)
    return True


def _with_feed(text: str, url: str, title: str | None) -> str:
    """A block list gets a line after its last item, so that every other byte stays. Any other
    form (a flow list, none yet) goes through the YAML writer, which keeps comments too."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 4096  # never fold what the user wrote on one line
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree: Any = yaml.load(text)
    entry: Any = CommentedMap({"url": url, "title": title}) if title else url
    if title:
        entry.fa.set_flow_style()
    if tree is None:  # nothing yet, or comments alone
        head = text if not text or text.endswith("\n") else text + "\n"
        return head + _dumped(yaml, CommentedMap({"feeds": [entry]}))
    feeds = tree.get("feeds")
    if isinstance(feeds, CommentedSeq) and feeds and not feeds.fa.flow_style():
        return _after_last(text, feeds, _dumped(yaml, [entry]))
    if not isinstance(feeds, CommentedSeq):
        tree["feeds"] = feeds = CommentedSeq()
    feeds.append(entry)
    return _dumped(yaml, tree)


def _after_last(text: str, feeds: CommentedSeq, dumped: str) -> str:
    line, column = feeds.lc.data[len(feeds) - 1][:2]
    dash = column - 2  # `- ` stands before every item
    lines = text.splitlines(keepends=True)
    end = line + 1
    for number in range(line + 1, len(lines)):
        body = lines[number].strip()
        if body and len(lines[number]) - len(lines[number].lstrip()) <= dash:
            break
        if body and not body.startswith("#"):
            end = number + 1
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    return "".join([*lines[:end], " " * dash + dumped.strip() + "\n", *lines[end:]])


def _dumped(yaml: YAML, value: Any) -> str:
    out = StringIO()
    yaml.dump(value, out)
    return out.getvalue()


def _replace(path: Path, text: str) -> None:
    """All or nothing: a new file in the same folder takes the old one's name and mode."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, text=True)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
