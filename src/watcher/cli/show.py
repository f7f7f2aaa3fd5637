"""`show`: one stored article, and why it is where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from watcher.cli import shapes, versions
from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import clean, one_line, print_object, print_table, when
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.model.follow import FollowRow, FoundBy
    from watcher.model.recheck import Look
    from watcher.model.rows import ArticleRow
    from watcher.ports import Reader


@click.command()
@click.argument("ident", metavar="ID", required=False)
@click.option("--why", is_flag=True, help="The reasons: text, story, matches, alerts.")
@click.option("--related", is_flag=True, help="The related links, and which of them are stored.")
@click.option("--copies", is_flag=True, help="The copies of this article.")
@click.option("--revisions", is_flag=True, help="Its versions, with what changed in each.")
@click.option("--revision", type=int, metavar="N", help="Its text as it stood in version N.")
@click.option(
    "--diff",
    is_flag=False,
    flag_value=versions.LAST,
    metavar="[N..M]",
    help="What changed between versions N and M (default: the newest two).",
)
@where_options
@json_options
def show(
    where: Where,
    ident: str | None,
    why: bool,
    related: bool,
    copies: bool,
    revisions: bool,
    revision: int | None,
    diff: str | None,
    as_json: bool,
    ndjson: bool,
) -> None:
    """Show one article. ID is our id, an address that led to it, or id:… of an import.

    \b
    Examples:
      watcher show https://example.org/news/1 --why
      watcher show id:41 --copies
      watcher show https://example.org/news/1 --diff 1..3
    """
    if ident is None and diff is not None and not versions.is_range(diff):
        ident, diff = diff, versions.LAST  # `--diff ID`
    reader = where.reader()
    row = _found(reader, ident)
    if revisions:
        versions.print_revisions(row, as_json=as_json, ndjson=ndjson)
        return
    if diff is not None:
        versions.print_diff(row, reader.versions(row.article), diff, as_json or ndjson)
        return
    if revision is not None:
        row = versions.at_version(row, versions.one(reader.versions(row.article), revision))
    look = reader.look(row.article)
    if as_json or ndjson:
        print_object(shapes.article(row, look))
        return
    _print_head(row, look)
    if related:
        _print_related(row, reader.followed(row.article))
    elif copies:
        _print_copies(row, reader)
    else:
        _print_text(row)
    if why:
        _print_why(row)
        versions.print_look(look)


def _found(reader: Reader, ident: str | None) -> ArticleRow:
    """Raises UsageError."""
    if ident is None:
        raise UsageError("WTC-USE-002", "which article?", hint="give its id, or an address of it")
    row = reader.article(ident)
    if row is None:
        raise UsageError(
            "WTC-USE-404",
            f"no article {ident!r}",
            hint="`watcher search WORDS` finds articles and prints their ids",
        )
    return row


def _print_head(row: ArticleRow, look: Look | None) -> None:
    text = row.text
    click.echo(f"# {one_line(text.title)}\n")
    facts = {
        "article": row.article,
        "url": row.url,
        "outlet": f"{row.outlet.name} ({row.outlet.domain})",
        "by": ", ".join(text.byline) or None,
        "credit": text.credit.text if text.credit else None,
        "published": text.published.text if text.published else None,
        "first seen": when(row.first_seen),
        "language": text.language,
        "text from": text.source,
        "story": f"{row.story} ({row.role}{', ' + row.kind if row.kind else ''})",
        "copy of": row.copy_of,
        "gone": versions.gone(look),
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name:<10} {one_line(value)}")


def _print_text(row: ArticleRow) -> None:
    if row.text.standfirst:
        click.echo(clean(f"\n> {row.text.standfirst}"))
    click.echo(clean(f"\n{row.text.body}"))
    for caption in row.text.captions:
        credit = f" — {caption.credit}" if caption.credit else ""
        click.echo(clean(f"\n[caption] {caption.text}{credit}"))


def _print_related(row: ArticleRow, followed: Sequence[FollowRow]) -> None:
    links = [link for link in row.text.links if link.role == "related"]
    click.echo("")
    for link in links:
        known = row.related_known.get(link.url)
        click.echo(f"{link.kind or '-':<7} {one_line(link.text)}")
        click.echo(f"        {one_line(link.url)}" + (f"  = {known}" if known else ""))
    if followed:
        click.echo("\nfollowed:")
    for one in followed:
        click.echo(f"{_came(one):<12} {one_line(one.url)}")
        if one.outcome not in {None, "article"}:
            click.echo(f"             {one_line(one.why)}")
    if not links:
        click.echo("no related links on the page", err=True)


def _came(one: FollowRow) -> str:
    if one.outcome is not None:
        return one.outcome.replace("_", " ")
    return "waits"


def _print_copies(row: ArticleRow, reader: Reader) -> None:
    story = reader.story(row.story)
    copies = [one for one in story.articles if one.copy_of == row.article] if story else []
    click.echo("")
    print_table(
        [{**asdict(one), "outlet": one.outlet.name} for one in copies],
        ["article", "kind", "score", "outlet", "title", "url"],
        empty="no copies known",
    )


def _print_origin(found: FoundBy) -> None:
    link = found.link
    click.echo(f"\nfound by following a link, {when(found.at)}:")
    under = f" under {one_line(link.heading)!r}" if link.heading else ""
    click.echo(f"  {link.role} link {one_line(link.text)!r}{under}")
    click.echo(f"  of {one_line(found.article_title)!r} ({one_line(found.article_url)})")
    click.echo(f"  for {one_line(', '.join(link.topics))}; {link.depth} from a feed")


def _print_why(row: ArticleRow) -> None:
    if row.found_by is not None:
        _print_origin(row.found_by)
    click.echo(f"\nwhy this text: {row.text.method}")
    for reason in row.text.why:
        click.echo(clean(f"  {reason}"))
    click.echo(clean(f"\nwhy this story: {row.why}"))
    click.echo("\nrevisions:")
    for revision in row.revisions:
        changes = ", ".join(revision.changes) or "first"
        click.echo(f"  {revision.n}  {when(revision.seen_at)}  {revision.text}  {changes}")
    click.echo("\nmatches:" if row.matches else "\nmatches: none")
    for match in row.matches:
        click.echo(clean(f"  {match.topic} v{match.topic_version} (revision {match.revision})"))
        click.echo(clean(f"    because {match.clause}"))
        for span in match.spans:
            click.echo(f"    {span.field} {span.start}-{span.end}  {clean(span.clause)}")
    click.echo("\nalerts:" if row.alerts else "\nalerts: none")
    for alert in row.alerts:
        click.echo(clean(f"  {alert.topic}: {alert.decision}: {alert.reason}"))
