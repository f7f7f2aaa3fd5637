"""Reads a query: recursive descent over the lexemes (spec `matching` §2).

or    := and ("OR" and)*
and   := not (["AND"] not)*
not   := ("NOT" | "-") not | near
near  := count (("NEAR/"n | "ONEAR/"n) count)*
count := atom ["{"n"}"]
atom  := [field ":"] ( "(" or ")" | term | "@name" | "/regex/" ) | "topic:" name
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import cast

from watcher.errors import QueryError
from watcher.topics import complain
from watcher.topics.alias import Aliases
from watcher.topics.ast import (
    And,
    Count,
    FactName,
    FieldName,
    Near,
    Node,
    Query,
    QueryWarning,
    conjunction,
    disjunction,
    negation,
    of_terms,
    scoped,
    show,
)
from watcher.topics.facts import make_fact
from watcher.topics.lex import FACT_FIELDS, TEXT_FIELDS, Kind, Lexeme, lex
from watcher.topics.pattern import make_regex
from watcher.topics.positive import has_anchor, refuse_unbounded
from watcher.topics.saved import Saved
from watcher.topics.term import make_term
from watcher.topics.warn import in_word, mixed_operators

MAX_BYTES = 8_192
MAX_TERMS = 1_000
MAX_DEPTH = 50
MAX_COUNT = 1_000

_OPERANDS: tuple[Kind, ...] = ("(", "term", "alias", "regex")


def parse_query(
    text: str,
    aliases: Mapping[str, Sequence[str]],
    topics: Mapping[str, str] | None = None,
    zone: tzinfo = UTC,
) -> Query:
    """Raises QueryError with the place in `text`. `aliases` maps a name to its values, `topics` a
    name to the query that `topic:name` stands for; `zone` is that of times without one."""
    try:
        return _parse(text, Aliases(aliases, MAX_TERMS), Saved(topics or {}), zone)
    except QueryError as error:
        error.place = replace(error.place, source=text)
        raise


def _parse(text: str, aliases: Aliases, saved: Saved, zone: tzinfo) -> Query:
    size = len(_encoded(text))
    if size > MAX_BYTES:
        raise complain.error(
            complain.TOO_BIG,
            f"the query has {size:,} bytes; at most {MAX_BYTES:,} are allowed",
            0,
            len(text),
            hint="split it into several topics, or move lists of names to aliases",
        )
    lexemes = lex(text)
    if not lexemes:
        raise complain.error(
            complain.EMPTY, "the query is empty", 0, len(text), hint="name at least one term"
        )
    parser = _Parser(text, lexemes, aliases, saved, zone)
    root = parser.whole()
    return Query(text, root, show(root), tuple(parser.warnings))


def _encoded(text: str) -> bytes:
    """The query as it would be stored; a command line can hand over bytes that are no text."""
    try:
        return text.encode()
    except UnicodeEncodeError as problem:
        raise complain.error(
            complain.NOT_TEXT,
            "the query holds bytes that are not UTF-8",
            problem.start,
            problem.end,
            hint="check the terminal's encoding",
        ) from None


class _Parser:
    def __init__(
        self, text: str, lexemes: list[Lexeme], aliases: Aliases, saved: Saved, zone: tzinfo
    ) -> None:
        self.text = text
        self.lexemes = lexemes
        self.aliases = aliases
        self.saved = saved
        self.zone = zone
        self.at = 0
        self.depth = 0
        self.fact: Lexeme | None = None  # the field that values are being read for
        self.warnings: list[QueryWarning] = []

    def whole(self) -> Node:
        root = self.disjunction()
        if stray := self.peek(")"):
            raise _stray(stray)
        refuse_unbounded(root, "the query")
        return root

    def disjunction(self) -> Node:
        start = self.start()
        branches = [self.conjunction()]
        mixed = self.at_end_of_bare_and(branches[0])
        while self.take("OR"):
            branches.append(self.conjunction())
            mixed = mixed or self.at_end_of_bare_and(branches[-1])
        if len(branches) == 1:
            return branches[0]
        for branch in branches:
            # A pattern may be what all branches share with a word outside of them.
            if not has_anchor(branch, patterns=True):
                refuse_unbounded(branch, "a branch of OR")
        node = disjunction(branches, start, self.end() - start)
        if mixed:
            self.warnings.append(mixed_operators(node, start, self.end()))
        return node

    def conjunction(self) -> Node:
        start = self.start()
        self.refuse_operator("AND", "OR", "NEAR")
        children = [self.negated()]
        while True:
            joined = self.take("AND")
            if joined:
                self.refuse_operator("AND", "OR", "NEAR", after=joined)
            elif self.peek("OR", ")") or self.at == len(self.lexemes):
                return conjunction(children, start, self.end() - start)
            children.append(self.negated())

    def negated(self) -> Node:
        sign = self.take("NOT")
        if sign is None:
            return self.near()
        self.refuse_operator("AND", "OR", "NEAR", after=sign)
        self.deepen(sign)
        child = self.negated()
        self.depth -= 1
        return negation(child, sign.start, self.end() - sign.start)

    def near(self) -> Node:
        start = self.start()
        children = [self.counted()]
        steps: list[tuple[int, bool]] = []
        first = self.peek("NEAR")
        if first is not None:
            self.check_operand(children[0], first, start)
        while sign := self.take("NEAR"):
            begin = self.start()
            if negative := self.peek("NOT"):
                raise _bad_near(f"NOT cannot be what {sign.text} looks for", negative)
            self.refuse_operator("AND", "OR", "NEAR", after=sign)
            children.append(self.counted())
            self.check_operand(children[-1], sign, begin)
            steps.append((sign.number or 0, sign.ordered))
        if not steps:
            return children[0]
        return Near(tuple(children), tuple(steps), start, self.end() - start)

    def check_operand(self, node: Node, sign: Lexeme, start: int) -> None:
        if not of_terms(node):
            place = Lexeme("term", "", start, max(start + 1, self.end()))
            raise _bad_near(f"{sign.text} joins terms, or ORs of terms in parentheses", place)

    def counted(self) -> Node:
        start = self.start()
        node = self.atom()
        count = self.peek("count")
        if count is None or count.start != self.end():
            return node
        self.at += 1
        if not of_terms(node):
            message = f"{count.text} counts terms, or an OR of terms in parentheses"
            raise _bad_count(message, count)
        if not 1 <= (count.number or 0) <= MAX_COUNT:
            raise _bad_count(f"{count.text}: from {{1}} to {{{MAX_COUNT}}} is possible", count)
        if count.number == 1:
            return node
        return Count(node, count.number or 0, start, self.end() - start)

    def atom(self) -> Node:
        if field := self.take("field"):
            return self.bound(field)
        if opening := self.take("("):
            return self.group(opening)
        if count := self.peek("count"):
            raise _bad_count(f"{count.text} stands after a term without a blank", count)
        lexeme = self.lexemes[self.at]  # nothing but an operand is left: see `refuse_operator`
        self.at += 1
        if self.fact is not None:
            return self.value(self.fact, lexeme)
        if lexeme.kind == "alias":
            return self.aliases.expand(lexeme)
        self.aliases.count(lexeme.start, lexeme.end)
        written = self.text[lexeme.start : lexeme.end]
        if lexeme.kind == "regex":
            return make_regex(lexeme, written)
        term = make_term(lexeme, written)
        self.warnings.extend(in_word(lexeme, term))
        return term

    def bound(self, field: Lexeme) -> Node:
        """What stands after `title:`."""
        inner = self.peek("field")
        saved = inner is not None and inner.text == "topic" and field.text in TEXT_FIELDS
        if self.fact is not None or not (saved or self.peek(*_OPERANDS)):
            raise complain.error(
                complain.BARE_FIELD,
                f"{field.text}: without a term",
                field.start,
                field.end,
                hint=f'write {field.text}:word, {field.text}:"a phrase" or {field.text}:(…)',
            )
        if field.text == "topic":
            return self.topic()
        if field.text in FACT_FIELDS:
            self.fact = field
            node = self.atom()
            self.fact = None
            return node
        return scoped(self.atom(), cast(FieldName, field.text))

    def value(self, field: Lexeme, lexeme: Lexeme) -> Node:
        self.aliases.count(lexeme.start, lexeme.end)
        if lexeme.kind != "term":
            raise complain.error(
                complain.BAD_VALUE,
                f"{field.text}: takes a plain value",
                lexeme.start,
                lexeme.end,
                hint="put it in quotes, or list several as (a OR b)",
            )
        written = f"{field.text}:{self.text[lexeme.start : lexeme.end]}"
        return make_fact(cast(FactName, field.text), lexeme, written, self.zone)

    def topic(self) -> Node:
        lexeme = self.take("term")
        if lexeme is None:
            wrong = self.lexemes[self.at]
            raise self.saved.not_a_name(wrong)

        def read(query: str, deeper: Saved) -> Node:
            return _parse(query, self.aliases, deeper, self.zone).root

        return self.saved.expand(lexeme, read)

    def group(self, opening: Lexeme) -> Node:
        if closing := self.take(")"):
            raise complain.error(
                complain.EMPTY_GROUP,
                "nothing between the parentheses",
                opening.start,
                closing.end,
                hint="put a term between them, or take them out",
            )
        self.deepen(opening)
        node = self.disjunction()
        if not self.take(")"):
            raise self.unclosed(opening)
        self.depth -= 1
        return node

    def unclosed(self, opening: Lexeme) -> Exception:
        return complain.error(
            complain.MISSING_CLOSE,
            'missing ")"',
            opening.start,
            opening.end,
            hint="opened here, never closed",
            suggestion=f"{self.text})",
        )

    # What stands where

    def peek(self, *kinds: Kind) -> Lexeme | None:
        if self.at < len(self.lexemes) and self.lexemes[self.at].kind in kinds:
            return self.lexemes[self.at]
        return None

    def take(self, kind: Kind) -> Lexeme | None:
        found = self.peek(kind)
        if found:
            self.at += 1
        return found

    def start(self) -> int:
        return self.lexemes[self.at].start if self.at < len(self.lexemes) else len(self.text)

    def end(self) -> int:
        return self.lexemes[self.at - 1].end

    def at_end_of_bare_and(self, branch: Node) -> bool:
        """Whether `branch` is an AND that its writer has not put in parentheses."""
        return isinstance(branch, And) and branch.start + branch.length == self.end()

    def deepen(self, lexeme: Lexeme) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise complain.error(
                complain.TOO_BIG,
                f"more than {MAX_DEPTH} levels of parentheses and NOT",
                lexeme.start,
                lexeme.end,
                hint="split the query into several topics",
            )

    def refuse_operator(self, *kinds: Kind, after: Lexeme | None = None) -> None:
        """An operand must begin here: neither an operator nor the end."""
        met = self.peek(*kinds)
        if self.at < len(self.lexemes) and not met and not self.peek(")"):
            return
        wrong = met or after or self.lexemes[max(0, self.at - 1)]
        if wrong.kind == "(":
            raise self.unclosed(wrong)
        if wrong.kind == ")":
            raise _stray(wrong)
        raise complain.error(
            complain.BARE_OPERATOR,
            f"{wrong.text} has no term {'before' if met else 'after'} it",
            wrong.start,
            wrong.end,
            hint=f'take it out, or put it in quotes to search for the word "{wrong.text.lower()}"',
        )


def _stray(closing: Lexeme) -> Exception:
    return complain.error(
        complain.STRAY_CLOSE,
        'unexpected ")"',
        closing.start,
        closing.end,
        hint="there is no ( that it closes: take it out",
    )


def _bad_near(message: str, place: Lexeme) -> Exception:
    hint = "write for example (camp OR base) NEAR/5 police, and join the rest by AND"
    return complain.error(complain.BAD_NEAR, message, place.start, place.end, hint=hint)


def _bad_count(message: str, count: Lexeme) -> Exception:
    hint = "write for example camp{3} for at least three places"
    return complain.error(complain.BAD_COUNT, message, count.start, count.end, hint=hint)
