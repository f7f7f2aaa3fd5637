"""`alerts why-not`: why an article raised no alert for a topic, or that it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import Where, json_options, where_options
from watcher.cli.output import clean, not_there, one_line, print_object, when
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.model.rows import AlertRow, ArticleRow
    from watcher.model.topic import TopicSpec
    from watcher.ports import Reader

Answer = dict[str, Any]


@click.command("why-not")
@click.argument("article", metavar="ARTICLE")
@click.argument("topic", metavar="TOPIC")
@where_options
@json_options
def why_not(where: Where, article: str, topic: str, as_json: bool, ndjson: bool) -> None:
    """Say why an article was not told for a topic. ARTICLE is our id or an address that led to it.

    \b
    Example:
      watcher alerts why-not https://example.org/news/1 harbour
    """
    reader = where.reader()
    row = reader.article(article)
    if row is None:
        raise UsageError(
            "WTC-USE-404",
            f"no article {article!r}: no feed brought it, or its page is still to be read",
            hint="`watcher search`, `watcher feeds list` and `watcher status` show what came",
        )
    spec = next((one for one in where.settings().topics if one.topic == topic), None)
    if spec is None and reader.query(topic, 1) is None:
        raise not_there("topic", topic, "topics")
    answer = {
        "article": row.article,
        "topic": topic,
        "title": row.text.title,
        **_answer(where, reader, row, topic, spec),
    }
    if as_json or ndjson:
        print_object(answer)
        return
    click.echo(f"{one_line(row.text.title)}\n  {one_line(row.url)}\n")
    click.echo(clean(f"{answer['result'].replace('_', ' ')}: {answer['why']}"))
    if answer["hint"]:
        click.echo(clean(f"\nsee `{answer['hint']}`"))


def _answer(
    where: Where, reader: Reader, row: ArticleRow, topic: str, spec: TopicSpec | None
) -> Answer:
    """`result` and `why`, and `hint`, a command that says more."""
    alerts = [one for one in row.alerts if one.topic == topic]
    if alerts:
        return _decided(reader, alerts[-1])
    if any(one.topic == topic for one in row.matches):
        why = "it was true of an earlier version too, and had its alert or its reason then"
        return _said("matched", why, f"watcher show {row.article} --why")
    if spec is None:
        return _said("no_topic", f"config.yaml no longer has the topic {topic}", "")
    return _asked_now(where, reader, row, spec)


def _asked_now(where: Where, reader: Reader, row: ArticleRow, spec: TopicSpec) -> Answer:
    """It never matched: what the topic says of it as the config stands."""
    from watcher.topics.document import Document
    from watcher.topics.evaluate import holds
    from watcher.topics.facts import facts_of
    from watcher.topics.scope import outside

    more = f"watcher topics explain {spec.topic} {row.article}"
    found = reader.found(row.article)
    assert found is not None  # the row is of the same database
    facts = facts_of(found)
    out = outside(spec.scope, facts)
    if out is not None:
        return _said("out_of_scope", out, more)
    query = where.settings().queries[spec.topic]
    if not holds(query.root, Document.of(found.text, facts)):
        return _said("not_true", f"the query is not true of its newest version: {query.text}", more)
    known = reader.topic_version(spec.topic)
    if known is None or known.meaning != spec.meaning:
        why = "the query is true of it, but was not loaded yet: the next pass takes it over"
        return _said("too_early", why, "watcher once")
    if found.first_seen < known.since:
        why = (
            f"the query is true of it, but the article came at {when(found.first_seen)}, before"
            f" the topic's version {known.version} ({when(known.since)})"
        )
        return _said("too_early", why, f"watcher topics test {spec.topic}")
    return _said("true_now", "the query is true of it as the config stands now", more)


def _decided(reader: Reader, alert: AlertRow) -> Answer:
    more = f"watcher alerts show {alert.alert} --why"
    if alert.decision == "suppressed":
        return _said("suppressed", alert.reason, more)
    if alert.decision == "digest":
        return _said("waits", alert.reason, more)
    sent = reader.deliveries(limit=100, alert=alert.alert).items
    states = ", ".join(f"{one.channel}: {one.state}" for one in sent)
    return _said("told", f"it raised {alert.alert} ({states or 'its topic has no channels'})", more)


def _said(result: str, why: str, hint: str) -> Answer:
    return {"result": result, "why": why, "hint": hint or None}
