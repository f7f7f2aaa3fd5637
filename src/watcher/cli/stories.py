"""`stories list|show`, and what people say of them: `merge|split|not-a-copy`."""

from __future__ import annotations

from typing import Any

import click

from watcher.cli.lists import every, print_facts, print_page
from watcher.cli.options import Where, author, json_options, page_options, where_options
from watcher.cli.output import not_there, one_line, print_object, print_table
from watcher.cli.story_shapes import story as story_shape
from watcher.errors import UsageError


@click.group()
def stories() -> None:
    """The stories, with their articles and copies."""


@stories.command("list")
@where_options
@json_options
@page_options(50)
def stories_list(where: Where, as_json: bool, ndjson: bool, limit: int, after: str | None) -> None:
    """List the stories, newest first."""
    reader = where.reader()
    page = every(lambda n, cursor: reader.stories(limit=n, after=cursor), limit, after)
    print_page(
        page,
        story_shape,
        as_json,
        ndjson,
        [
            "story",
            "first_seen",
            ("articles", lambda row: len(row["articles"])),
            ("copies", lambda row: sum(one["role"] == "copy" for one in row["articles"])),
            ("outlets", lambda row: ", ".join(one["outlet"] for one in row["outlets"])),
            ("languages", lambda row: " ".join(row["languages"])),
            "title",
        ],
        empty="no stories yet",
    )


@stories.command("show")
@click.argument("ident", metavar="STORY")
@where_options
@json_options
def stories_show(where: Where, ident: str, as_json: bool, ndjson: bool) -> None:
    """Show one story: who had it first, who wrote and who copied, and what says so.

    `~` marks a time that is not known to the minute: only a day was stated, or none, and then it
    is when watcher saw the page.
    """
    row = where.reader().story(ident)
    if row is None:
        raise not_there("story", ident, "stories")
    shape = story_shape(row)
    if as_json or ndjson:
        print_object(shape)
    else:
        _print(shape)


def _print(shape: dict[str, Any]) -> None:
    print_facts(shape, ["story", "title", "first_seen"])
    if shape["original"] is not None:
        original = shape["original"]
        stored = original["article"] or "not stored"
        name = original["known"] or original["outlet"]
        click.echo(f"{'original':<10} {one_line(name)} ({stored})")
    click.echo(f"{'languages':<10} {' '.join(shape['languages']) or '-'}")
    if shape["aliases"]:
        click.echo(f"{'also':<10} {' '.join(shape['aliases'])}")
    click.echo()
    print_table(
        _timeline(shape["articles"]),
        ["time", "lag", "article", "role", "kind", "outlet", "title", "why"],
        empty="its articles have moved to other stories",
    )
    for link in shape["links"]:
        click.echo(f"link       {link['article']} {link['role']} {link['to']} ({link['story']})")
    for act in shape["acts"]:
        click.echo(f"{act['at']} {one_line(act['author'])}: {one_line(act['act'])}")


def _timeline(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Texts in the order in which they are known to have stood, each with its copies below it."""
    own = [one for one in articles if one["copy_of"] is None]
    rows = []
    for source in own:
        copies = [one for one in articles if one["copy_of"] == source["article"]]
        for one in (source, *copies):
            mark = "~" if one["uncertain"] else ""
            rows.append(
                {
                    **one,
                    "time": mark + (one["published"] or one["first_seen"]),
                    "lag": mark + _lag(one["lag"]),
                }
            )
    return rows


def _lag(seconds: int) -> str:
    if seconds == 0:
        return "first"
    if seconds < 3_600:
        return f"+{seconds // 60}m"
    if seconds < 48 * 3_600:
        return f"+{seconds // 3_600}h{seconds % 3_600 // 60:02}m"
    return f"+{seconds // 86_400}d"


@stories.command("merge")
@click.argument("story", metavar="STORY")
@click.argument("other", metavar="OTHER")
@where_options
@json_options
def stories_merge(where: Where, story: str, other: str, as_json: bool, ndjson: bool) -> None:
    """Two stories are one. The older keeps its id; the other id still finds it.

    \b
    Example:
      watcher stories merge s_abcdefghijklmnopqrst s_bcdefghijklmnopqrstu
    """
    for ident in (story, other):
        if where.reader().story(ident) is None:
            raise not_there("story", ident, "stories")
    _act(where, "merge", story, other, as_json=as_json or ndjson, no="they are one story already")


@stories.command("split")
@click.argument("article", metavar="ARTICLE")
@where_options
@json_options
def stories_split(where: Where, article: str, as_json: bool, ndjson: bool) -> None:
    """An article is not of its story: it founds one of its own, with its copies. The two are never
    put together again by watcher.

    \b
    Example:
      watcher stories split https://example.org/2026/other-raid
    """
    _on_article(where, "split", article, as_json or ndjson, "it is alone in its story")


@stories.command("not-a-copy")
@click.argument("article", metavar="ARTICLE")
@where_options
@json_options
def stories_not_a_copy(where: Where, article: str, as_json: bool, ndjson: bool) -> None:
    """An article was not taken from another one: it stays in its story, as a report.

    \b
    Example:
      watcher stories not-a-copy https://example.org/2026/own-report
    """
    _on_article(where, "not-a-copy", article, as_json or ndjson, "it is no copy")


def _on_article(where: Where, act: str, article: str, as_json: bool, no: str) -> None:
    row = where.reader().article(article)
    if row is None:
        raise not_there("article", article, "search")
    _act(where, act, row.article, None, as_json=as_json, no=no)


def _act(where: Where, act: str, one: str, other: str | None, *, as_json: bool, no: str) -> None:
    from watcher.daemon.acts import on_story

    request = {"act": act, "one": one, "other": other, "author": author()}
    story = on_story(where.database(), request)
    if story is None:
        raise UsageError("WTC-USE-008", no, hint="`watcher stories show` says more")
    row = where.reader().story(story)
    assert row is not None
    shape = story_shape(row)
    if as_json:
        print_object(shape)
    else:
        _print(shape)
