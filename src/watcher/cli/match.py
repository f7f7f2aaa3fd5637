"""`match`: the matching engine alone, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli import shapes
from watcher.cli.jsonl import read_lines
from watcher.cli.options import json_options
from watcher.cli.output import print_error, print_list, print_table
from watcher.errors import InputError

if TYPE_CHECKING:
    from watcher.articles.lines import ArticleLine
    from watcher.config.settings import Settings
    from watcher.topics.match import Found


@click.command()
@click.option("--topics", "topics", metavar="FILE.yaml", required=True, help="Aliases and topics.")
@click.option(
    "--articles", "articles", metavar="FILE.jsonl", required=True, help="Articles, one a line."
)
@json_options
def match(topics: str, articles: str, as_json: bool, ndjson: bool) -> int:
    """Match topics against articles and print a line for each pair that matches.

    The topics file holds `aliases:` and `topics:` as config.yaml does (which will do as well); a
    topic may be just its query. Article lines are those of `import articles`, all but `id`
    optional; FILE may be `-`.
    """
    from watcher.config.load import load_topics

    settings = load_topics(Path(topics))
    refused: list[InputError] = []

    def refuse(error: InputError) -> None:
        refused.append(error)
        print_error(error, as_json=as_json or ndjson)

    found = _matches(settings, articles, refuse)
    if as_json or ndjson:
        print_list(found, None, lines=ndjson)
    else:
        print_table(
            found,
            ["id", "topic", ("spans", lambda row: ", ".join(map(_span, row["spans"])))],
            empty="nothing matches",
        )
    return 1 if refused else 0


def _span(span: dict[str, Any]) -> str:
    return f"{span['field']} {span['start']}-{span['end']} {span['clause']}"


def _matches(
    settings: Settings, articles: str, refuse: Callable[[InputError], None]
) -> Iterator[dict[str, Any]]:
    from watcher.articles.lines import read_line
    from watcher.topics.match import Matcher

    versions = dict.fromkeys(settings.queries, 1)
    matcher = Matcher(settings.topics, settings.queries, versions)
    for _, line in read_lines(articles, read_line, refuse):
        for one in _found(matcher, line, settings):
            yield {
                "id": line.id,
                "topic": one.topic,
                "spans": [shapes.span(span) for span in one.spans],
            }


def _found(matcher: Any, line: ArticleLine, settings: Settings) -> list[Found]:
    from watcher.articles.lines import outlet_of
    from watcher.text.urls import host
    from watcher.topics.document import Document
    from watcher.topics.facts import Facts

    outlet = outlet_of(line, settings.outlets, settings.outlet_names)
    seen = line.seen_at
    facts = Facts(
        language=line.text.language,
        host=host(line.url or ""),
        outlet_domain=outlet.domain.lower(),
        outlet_name=outlet.name,
        url=line.url or "",
        at=line.text.published.at if line.text.published else seen,
    )
    found: list[Found] = matcher.match(Document.of(line.text, facts))
    return found
