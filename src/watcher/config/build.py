"""A checked config to settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from watcher.config.ignore import rules
from watcher.config.models import Config, FollowModel
from watcher.config.models import Feed as FeedModel
from watcher.config.models import Recheck as RecheckModel
from watcher.config.own import AccessSettings, settings_of
from watcher.config.recipes import RecipeModel
from watcher.config.settings import (
    MailServer,
    NetSettings,
    Settings,
)
from watcher.config.target import secret, target
from watcher.config.watched import watched
from watcher.config.ways import channel_of, way_of
from watcher.model.article import Recipe
from watcher.model.feed import FeedSpec, PageRecipe
from watcher.model.follow import FollowWish
from watcher.model.ids import feed_id
from watcher.model.recheck import RecheckPolicy
from watcher.model.topic import Scope, TopicSpec
from watcher.model.when import micros
from watcher.text.names import squash
from watcher.text.urls import normalise
from watcher.topics.ast import Query


def build(
    config: Config,
    listed: Sequence[FeedModel],
    path: Path,
    queries: Mapping[str, Query],
    warnings: list[str],
) -> Settings:
    """`listed`: the feeds of the lists that `config` names."""
    own = [one for one in config.feeds if isinstance(one, FeedModel)]
    folder = path.parent
    topics = tuple(_topic(name, config, queries) for name in config.topics)
    feeds = (*own, *listed)
    return Settings(
        path=path,
        database=folder / config.database,
        net=NetSettings(**dict(config.net)),
        every=config.poll.every,
        floor=config.poll.floor,
        cap=config.poll.cap,
        budget=config.poll.budget.hourly,
        patience=config.scrape.patience,
        keep_pages=config.keep_pages,
        keep_noarchive=config.scrape.noarchive == "keep",
        recipes={host: _recipe(host, one) for host, one in config.recipes.items()},
        recheck=_recheck(config.recheck),
        feeds=watched(tuple(_feed(feed, config) for feed in feeds), topics),
        access=_access(feeds, folder),
        topics=topics,
        ignore=rules(config, listed),
        queries=dict(queries),
        aliases=dict(config.aliases),
        outlets={domain.lower(): one.name for domain, one in config.outlets.items()},
        outlet_names={
            squash(name): one.name
            for one in config.outlets.values()
            for name in (one.name, *one.aka)
        },
        backlog=config.alerts.backlog,
        notices=config.alerts.notices,
        channels=tuple(target(name, one, folder) for name, one in config.channels.items()),
        mail=_mail(config, folder),
        listen=_listen(config.daemon.listen, folder),
        reload=config.daemon.reload,
        warnings=tuple(warnings),
    )


def _listen(listen: str, folder: Path) -> str | None:
    if listen == "off":
        return None
    if listen.startswith("unix:"):
        return f"unix:{folder / listen.removeprefix('unix:')}"
    return listen


def _recheck(wanted: RecheckModel) -> RecheckPolicy:
    return RecheckPolicy(wanted.pages, wanted.floor, wanted.until, wanted.budget.hourly)


def _id(feed: FeedModel) -> str:
    return feed_id(feed.id or normalise(feed.url))


def _access(feeds: Sequence[FeedModel], folder: Path) -> dict[str, AccessSettings]:
    """Of the feeds that have any setting of their own for it."""
    return {
        _id(feed): settings_of(feed, partial(secret, folder=folder))
        for feed in feeds
        if any((feed.headers, feed.auth, feed.cookies, feed.proxy, feed.user_agent))
        or feed.tls == "insecure"
    }


def _feed(feed: FeedModel, config: Config) -> FeedSpec:
    return FeedSpec(
        feed=_id(feed),
        url=feed.url,
        title=feed.title,
        tags=feed.tags,
        every=feed.every,
        scrape=feed.scrape or config.scrape.pages,
        outlet=feed.outlet,
        language=feed.language,
        country=feed.country,
        folder=feed.folder,
        weight=feed.weight,
        identity=feed.identity,
        seen=feed.seen,
        page=PageRecipe(**dict(feed.page)) if feed.page else None,
    )


def _recipe(host: str, recipe: RecipeModel) -> Recipe:
    until = recipe.valid_until
    return Recipe(
        host=host,
        body=recipe.body,
        remove=recipe.remove,
        related=recipe.related,
        byline=recipe.byline,
        valid_until=micros(datetime(until.year, until.month, until.day, tzinfo=UTC))
        if until
        else None,
    )


def _topic(name: str, config: Config, queries: Mapping[str, Query]) -> TopicSpec:
    topic = config.topics[name]
    scope = Scope(**dict(topic.scope))
    channels = tuple(channel_of(way) for way in topic.channels)
    ways = [way_of(way, config.alerts.zone) for way in topic.channels]
    return TopicSpec(
        name,
        topic.query,
        queries[name].meaning,
        scope,
        channels,
        _follow(topic.follow),
        tuple(way for way in ways if way is not None),
        topic.tell,
    )


def _follow(wanted: FollowModel | None) -> FollowWish | None:
    if wanted is None:
        return None
    return FollowWish(wanted.depth, wanted.budget.number, wanted.budget.per, wanted.links)


def _mail(config: Config, folder: Path) -> MailServer | None:
    mail = config.email
    if mail is None:
        return None
    password = None if mail.password is None else secret(mail.password, folder)
    return MailServer(mail.host, mail.port, mail.security, mail.user, password, mail.sender)
