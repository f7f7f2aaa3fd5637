"""Reads a query: recursive descent over the lexemes (spec `matching` §2).

or   := and ("OR" and)*
and  := not (["AND"] not)*
not  := ("NOT" | "-") not | atom
atom := ["title:"] ( "(" or ")" | term | "@name" )
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from watcher.errors import QueryError
from watcher.topics import complain
from watcher.topics.alias import Aliases
from watcher.topics.ast import (
    And,
    Node,
    Not,
    Or,
    Query,
    QueryWarning,
    Term,
    conjunction,
    disjunction,
    negation,
    scoped,
    show,
)
from watcher.topics.lex import Kind, Lexeme, lex
from watcher.topics.term import make_term

MAX_BYTES = 8_192
MAX_TERMS = 1_000
MAX_DEPTH = 50

_LOWER_CASE = {"and": "AND", "or": "OR", "not": "NOT"}


def parse_query(text: str, aliases: Mapping[str, Sequence[str]]) -> Query:
    """Raises QueryError with the place in `text`; `aliases` maps a name to its values."""
    try:
        return _parse(text, aliases)
    except QueryError as error:
        error.place = replace(error.place, source=text)
        raise


def _parse(text: str, aliases: Mapping[str, Sequence[str]]) -> Query:
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
    parser = _Parser(text, lexemes, Aliases(aliases, MAX_TERMS))
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
    def __init__(self, text: str, lexemes: list[Lexeme], aliases: Aliases) -> None:
        self.text = text
        self.lexemes = lexemes
        self.aliases = aliases
        self.at = 0
        self.depth = 0
        self.warnings: list[QueryWarning] = []

    def whole(self) -> Node:
        root = self.disjunction()
        if stray := self.peek(")"):
            raise _stray(stray)
        if _only_negative(root):
            raise _negative(root, "the query")
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
            if _only_negative(branch):
                raise _negative(branch, "a branch of OR")
        node = disjunction(branches, start, self.end() - start)
        if mixed:
            self.warn_mixed(node, start)
        return node

    def conjunction(self) -> Node:
        start = self.start()
        self.refuse_operator("AND", "OR")
        children = [self.negated()]
        while True:
            joined = self.take("AND")
            if joined:
                self.refuse_operator("AND", "OR", after=joined)
            elif self.peek("OR", ")") or self.at == len(self.lexemes):
                return conjunction(children, start, self.end() - start)
            children.append(self.negated())

    def negated(self) -> Node:
        sign = self.take("NOT")
        if sign is None:
            return self.atom()
        self.refuse_operator("AND", "OR", after=sign)
        self.deepen(sign)
        child = self.negated()
        self.depth -= 1
        return negation(child, sign.start, self.end() - sign.start)

    def atom(self) -> Node:
        field = self.take("field")
        if field is not None:
            if not self.peek("(", "term", "alias"):
                raise complain.error(
                    complain.BARE_FIELD,
                    f"{field.text}: without a term",
                    field.start,
                    field.end,
                    hint=f'write {field.text}:word, {field.text}:"a phrase" or {field.text}:(…)',
                )
            return self.bound(field)
        if opening := self.take("("):
            return self.group(opening)
        if name := self.take("alias"):
            return self.aliases.expand(name)
        lexeme = self.lexemes[self.at]  # nothing but a term is left: see `refuse_operator`
        self.at += 1
        return self.term(lexeme)

    def bound(self, field: Lexeme) -> Node:
        """What stands after `title:`."""
        node = self.atom()
        return scoped(node, "title")

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

    def term(self, lexeme: Lexeme) -> Term:
        self.aliases.count(lexeme.start, lexeme.end)
        self.warn_term(lexeme)
        return make_term(lexeme, self.text[lexeme.start : lexeme.end])

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

    # Warnings

    def warn_term(self, lexeme: Lexeme) -> None:
        if not lexeme.quoted and not lexeme.exact and lexeme.text in _LOWER_CASE:
            operator = _LOWER_CASE[lexeme.text]
            self.warn(
                complain.LOWER_CASE_OPERATOR,
                f'"{lexeme.text}" is searched as a word',
                lexeme,
                hint=f"operators are upper case: write {operator}",
                suggestion=operator,
            )
        if lexeme.quoted and "*" in lexeme.text:
            self.warn(
                complain.STAR_IN_QUOTES,
                "* inside quotes is read as punctuation",
                lexeme,
                hint="write the word without quotes, or join it to the next with a hyphen",
            )

    def warn(
        self, code: str, message: str, lexeme: Lexeme, *, hint: str, suggestion: str | None = None
    ) -> None:
        length = lexeme.end - lexeme.start
        self.warnings.append(QueryWarning(code, message, lexeme.start, length, hint, suggestion))

    def warn_mixed(self, node: Node, start: int) -> None:
        shown = show(node)
        self.warnings.append(
            QueryWarning(
                complain.MIXED_OPERATORS,
                "AND and OR are mixed without parentheses; AND binds closer",
                start,
                self.end() - start,
                hint=f"read as: {shown}",
                suggestion=shown,
            )
        )


def _stray(closing: Lexeme) -> Exception:
    return complain.error(
        complain.STRAY_CLOSE,
        'unexpected ")"',
        closing.start,
        closing.end,
        hint="there is no ( that it closes: take it out",
    )


def _only_negative(node: Node) -> bool:
    """Whether nothing needs to be found for `node` to hold."""
    match node:
        case Term():
            return False
        case Not():
            return True
        case And():
            return all(map(_only_negative, node.children))
        case Or():
            return any(map(_only_negative, node.children))


def _negative(node: Node, what: str) -> Exception:
    return complain.error(
        complain.ONLY_NEGATIVE,
        f"{what} only says what must not be there",
        node.start,
        node.start + node.length,
        hint="add a term that must be there: almost every article would match",
    )
