"""Where a topic looks: tags, feeds, languages and outlets."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from watcher.model.topic import Scope
from watcher.text.names import squash
from watcher.topics.facts import Facts, speaks

_EVERYWHERE = Scope()


def in_scope(scope: Scope, facts: Facts) -> bool:
    """An empty list asks for nothing; an article of unknown language is in no named one."""
    return scope == _EVERYWHERE or outside(scope, facts) is None


def outside(scope: Scope, facts: Facts) -> str | None:
    """Which part of the scope leaves an article out, in words; None where it is inside."""
    tags = set(map(squash, facts.tags))
    if scope.tags and tags.isdisjoint(map(squash, scope.tags)):
        return f"none of its feeds is tagged {_listed(scope.tags)}"
    if scope.feeds and set(facts.feeds).isdisjoint(scope.feeds):
        return f"no feed of {_listed(scope.feeds)} brought it"
    if scope.langs and not any(speaks(facts.language, lang) for lang in scope.langs):
        return f"its language is {facts.language or 'not known'}, not {_listed(scope.langs)}"
    if scope.outlets and not any(_is_outlet(facts, name) for name in scope.outlets):
        return f"its outlet is {facts.outlet_name or facts.outlet_domain or 'not known'}"
    named = next((name for name in scope.not_outlets if _is_outlet(facts, name)), None)
    return None if named is None else f"its outlet is left out: {named}"


def unknown_names(
    scope: Scope,
    *,
    feeds: Collection[str],
    tags: Collection[str],
    outlets: Collection[str],
) -> Iterator[tuple[str, str]]:
    """(part, name) of all that the scope names and nothing is known by. `outlets`: names and
    domains; what is looked under may be a part of a domain."""
    known_tags = set(map(squash, tags))
    for tag in scope.tags:
        if squash(tag) not in known_tags:
            yield "tags", tag
    for feed in scope.feeds:
        if feed not in feeds:
            yield "feeds", feed
    names = set(map(squash, outlets))
    for part, wanted in (("outlets", scope.outlets), ("not_outlets", scope.not_outlets)):
        for name in wanted:
            domain = name.lower().removeprefix("www.")
            under = any(one == domain or one.endswith(f".{domain}") for one in outlets)
            if not under and squash(name) not in names:
                yield part, name


def _is_outlet(facts: Facts, wanted: str) -> bool:
    """By name, or by domain with everything below it."""
    domain = wanted.lower().removeprefix("www.")
    if facts.outlet_domain == domain or facts.outlet_domain.endswith(f".{domain}"):
        return True
    return bool(facts.outlet_name) and squash(wanted) == squash(facts.outlet_name)


def _listed(names: Collection[str]) -> str:
    return " or ".join(names)
