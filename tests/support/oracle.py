"""What a query means, by the plainest reading of it: every field as a list of words, every way to
stand in it tried. Slow, and nothing of the engine's is used but the tree and the folding."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

from watcher.text.normalise import fold_map
from watcher.topics.ast import And, Count, Fact, Near, Node, Not, Or, Regex, Term
from watcher.topics.stem import stem

TEXT = ("title", "standfirst", "body", "caption")
LEAD = 60


class Plain:
    """An article as words: (field, text, words, their places)."""

    def __init__(self, text, facts):
        self.facts = facts
        fields = [("title", text.title), ("standfirst", text.standfirst or ""), ("body", text.body)]
        fields += [("caption", one.text) for one in text.captions]
        fields += [("author", name) for name in text.byline]
        if text.credit:
            fields.append(("credit", text.credit.text))
            fields += [("credit", n) for n in (text.credit.outlet, text.credit.known) if n]
        fields.append(("url", facts.url))
        fields += [("tag", tag) for tag in (*text.tags, *facts.tags)]
        self.fields = [(name, said, *words(said)) for name, said in fields]

    def true(self, node: Node) -> bool:
        match node:
            case Term():
                return bool(self.hits(node))
            case And():
                return all(map(self.true, node.children))
            case Or():
                return any(map(self.true, node.children))
            case Not():
                return not self.true(node.child)
            case Count():
                return self.places(node.child) >= node.least
            case Near():
                choices = product(*(self.all_hits(child) for child in node.children))
                return any(self.chain(hits, node.steps) for hits in choices)
            case Regex():
                return self.pattern(node)
            case Fact():
                return self.fact(node)

    def hits(self, term):
        """(number of field, first word, word after the last)."""
        found = []
        for number, (name, said, tokens, places) in enumerate(self.fields):
            if name not in allowed(term.scope):
                continue
            end = len(tokens)
            if term.scope == "lead" and name == "body":
                end = min(end, LEAD)
            if term.slop is not None:
                found += [(number, *hit) for hit in loose(term, tokens[:end])]
                continue
            for at in range(end - len(term.tokens) + 1):
                part = tokens[at : at + len(term.tokens)]
                if self.stands(term, part, said, places[at : at + len(part)]):
                    found.append((number, at, at + len(part)))
        return found

    def stands(self, term, part, said, places):
        if term.stem is not None:
            return all(
                self.related(token, said[start:end], asked, wanted)
                for token, (start, end), asked, wanted in zip(
                    part, places, term.tokens, term.stem, strict=True
                )
            )
        *head, last = term.tokens
        ends = part[-1].startswith(last) if term.prefix else part[-1] == last
        if part[:-1] != head or not ends:
            return False
        return term.exact is None or shows(term.exact, said, places[0][0], places[-1][1])

    def related(self, token, surface, asked, wanted):
        if token == asked:
            return True
        language = (self.facts.language or "").partition("-")[0]
        if token[:3] != asked[:3] or not language:
            return False
        lower = unicodedata.normalize("NFC", surface).lower()
        return stem(lower, language) == stem(wanted, language) and lower != ""

    def all_hits(self, node):
        if isinstance(node, Term):
            return self.hits(node)
        return [hit for child in node.children for hit in self.all_hits(child)]

    def chain(self, hits, steps):
        return all(
            near(one, other, *step)
            for one, other, step in zip(hits[:-1], hits[1:], steps, strict=True)
        )

    def places(self, node):
        """Hits that overlap are one place."""
        words = {(n, i) for n, first, last in self.all_hits(node) for i in range(first, last)}
        joined = {(n, i) for n, first, last in self.all_hits(node) for i in range(first, last - 1)}
        return len(words) - len(joined)

    def pattern(self, node):
        found = re.compile(node.pattern, re.ASCII)
        return any(
            one.group()
            for name, said, _, _ in self.fields
            if name in allowed(node.scope)
            for one in found.finditer(said)
        )

    def fact(self, node):
        match node.name:
            case "site":
                hosts = (self.facts.host, self.facts.outlet_domain)
                return any(f".{host}".endswith(f".{node.value}") for host in hosts)
            case "lang":
                return f"{self.facts.language or ''}-".startswith(f"{node.value}-")
            case "feed":
                return node.value in self.facts.feeds
            case "after":
                return self.facts.at is not None and self.facts.at >= node.at
        return self.facts.at is not None and self.facts.at < node.at


def allowed(scope):
    if scope is None:
        return TEXT
    return ("standfirst", "body") if scope == "lead" else (scope,)


def words(text):
    found = fold_map(text)
    return found.tokens, found.spans


def near(one, other, gap, ordered):
    """Whether two hits of one field have at most `gap` words between them and do not overlap."""
    if one[0] != other[0]:
        return False
    if one[2] <= other[1]:
        return other[1] - one[2] <= gap
    return not ordered and other[2] <= one[1] and one[1] - other[2] <= gap


def loose(term, tokens):
    """From every word asked for, the shortest stretch with all of them, if short enough."""
    for start, first in enumerate(tokens):
        if first not in term.tokens:
            continue
        for end in range(start + 1, len(tokens) + 1):
            part = tokens[start:end]
            if all(part.count(word) >= term.tokens.count(word) for word in term.tokens):
                if len(part) - len(term.tokens) <= term.slop:
                    yield start, end
                break


def shows(exact, said, start, end):
    places = fold_map(exact).spans
    first, last = places[0][0], places[-1][1]
    core = " ".join(unicodedata.normalize("NFC", said[start:end]).split())
    return (
        core == exact[first:last]
        and said[:start].endswith(exact[:first])
        and said[end:].startswith(exact[last:])
    )
