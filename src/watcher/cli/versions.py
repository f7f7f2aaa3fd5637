"""What `show` says of an article's versions: the list of them, one of them, what changed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.output import clean, counted, print_list, print_object, print_table, when
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.articles.compare import Comparison
    from watcher.model.recheck import Look
    from watcher.model.rows import ArticleRow, VersionRow
    from watcher.text.diff import Step

LAST = "last"
RANGE = re.compile(r"(?:(\d{1,6})\.\.(\d{1,6})|last)\Z")


def is_range(text: str) -> bool:
    return RANGE.match(text) is not None


def pick(versions: tuple[VersionRow, ...], wanted: str) -> tuple[VersionRow, VersionRow]:
    """The two versions that are meant by `1..3`, or the newest two. Raises UsageError."""
    found = RANGE.match(wanted)
    if found is None:
        raise UsageError(
            "WTC-USE-002", f"{wanted!r} names no two versions", hint="write for example --diff 1..3"
        )
    if found[1] is None:
        return versions[-2 if len(versions) > 1 else -1], versions[-1]
    return one(versions, int(found[1])), one(versions, int(found[2]))


def one(versions: tuple[VersionRow, ...], n: int) -> VersionRow:
    """Raises UsageError where there is no such version."""
    for version in versions:
        if version.n == n:
            return version
    raise UsageError(
        "WTC-USE-404",
        f"no version {n}",
        hint=f"the article has {counted(len(versions), 'version', 'versions')}: --revisions",
    )


def print_revisions(row: ArticleRow, *, as_json: bool, ndjson: bool) -> None:
    """Newest last, as they came."""
    found = [shapes.revision(one) for one in row.revisions]
    if as_json or ndjson:
        print_list(found, None, lines=ndjson)
        return
    shown = [{**one, "changes": one["changes"] or ["first"]} for one in found]
    columns = ["n", "seen_at", "changes", "text", "words", "title"]
    print_table(shown, columns, empty="no versions")


def at_version(row: ArticleRow, version: VersionRow) -> ArticleRow:
    """The article as it stood in this version."""
    return replace(row, text=version.text)


def print_diff(row: ArticleRow, versions: tuple[VersionRow, ...], wanted: str, asked: bool) -> None:
    """`asked`: as JSON."""
    from watcher.articles.compare import compare

    before, after = pick(versions, wanted)
    compared = compare(before.text, after.text)
    if asked:
        print_object(shape(row, before, after, compared))
        return
    click.echo(clean(f"# {after.text.title}\n"))
    if before.n == after.n:
        click.echo(f"version {after.n} of {when(after.seen_at)} is the only one")
        return
    click.echo(f"version {before.n} of {when(before.seen_at)}")
    click.echo(f"version {after.n} of {when(after.seen_at)}")
    click.echo(f"changes: {', '.join(compared.changes) or 'none that count'}")
    for part in compared.parts:
        click.echo(f"\n{part.part}:")
        _print_steps(part.steps)


def gone(look: Look | None) -> str | None:
    """Of the head: the article is no longer had, and this is the last text that was."""
    if look is None or look.gone is None:
        return None
    kind = "" if look.gone == "gone" else f"{look.gone}: "
    return f"{kind}{look.gone_why}, since {when(look.gone_at)}; this is its last text"


def print_look(look: Look | None) -> None:
    """When the page is looked at again, and why then."""
    if look is None:
        click.echo("\nlooked at again: never (see recheck in config.yaml)")
        return
    click.echo(f"\nlooked at again: {when(look.due) or 'no more'}")
    click.echo(clean(f"  because {look.why}"))
    if look.looked_at is not None:
        times = counted(look.looks, "time", "times")
        click.echo(f"  looked at {times} so far, last {when(look.looked_at)}")
    if look.sign is not None and look.gone is None and look.sign_why is not None:
        click.echo(clean(f"  perhaps {look.sign}: {look.sign_why}, since {when(look.sign_since)}"))


def _print_steps(steps: tuple[Step, ...]) -> None:
    same = 0
    for step in steps:
        if step.op == "=" and step.before.split() == step.after.split():
            same += 1
            continue
        _print_same(same)
        same = 0
        click.echo(clean(f"  {'~' if step.op == '=' else step.op} {_marked(step)}"))
    _print_same(same)


def _print_same(count: int) -> None:
    if count:
        click.echo(f"    … {counted(count, 'sentence', 'sentences')} the same")


def _marked(step: Step) -> str:
    """A changed sentence with what went as [-…-] and what came as {+…+}."""
    from watcher.text.diff import word_steps

    if step.op in {"+", "-"}:
        return " ".join((step.before + step.after).split())
    marks = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    parts = []
    for one in word_steps(step):
        first, last = marks[one.op]
        parts.append(f"{first}{' '.join(one.text.split())}{last}")
    return " ".join(part for part in parts if part)


def shape(
    row: ArticleRow, before: VersionRow, after: VersionRow, compared: Comparison
) -> dict[str, Any]:
    return {
        "article": row.article,
        "id": row.id,
        "url": shapes.address(row.url),
        "title": after.text.title,
        "from": {"n": before.n, "seen_at": when(before.seen_at)},
        "to": {"n": after.n, "seen_at": when(after.seen_at)},
        "changes": list(compared.changes),
        "diff": [
            {"part": part.part, "steps": [_step(step) for step in part.steps]}
            for part in compared.parts
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    from watcher.text.diff import word_steps

    return {
        "op": step.op,
        "before": step.before,
        "after": step.after,
        "words": [{"op": one.op, "text": one.text} for one in word_steps(step)]
        if step.op == "~"
        else [],
    }
