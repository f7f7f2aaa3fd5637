"""Templates of the user's own for what a webhook or a command is handed (Jinja2, sandboxed).

A template is read once and refused with its line where it cannot be right. When it is rendered it
sees nothing but the payload and names made of it, and it is counted: every turn of a loop, every
call and every character of output costs, and what would cost too much ends as a `TemplateFault`
(spec `storage` §5, inputs 41 and 42). What may be called is a list of what is allowed, not of
what is forbidden: a few methods of texts and mappings, and filters whose output is bounded by
their input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches
from functools import wraps
from typing import Any

from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.runtime import Macro
from jinja2.sandbox import SandboxedEnvironment

from watcher.alerts.variables import NAMES, variables

MOST_SOURCE = 20_000  # characters of a template
MOST_STEPS = 20_000  # turns of loops and calls
MOST_OUTPUT = 64_000  # characters that it writes, in all
MOST_TEXT = 64_000  # characters, or items, of any one value

_FILTERS = frozenset(
    """abs capitalize count d default dictsort e escape first float forceescape groupby int items
    join last length list lower map max min reject rejectattr replace reverse round select
    selectattr sort string striptags sum title tojson trim truncate unique upper urlencode
    wordcount""".split()
)
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        """capitalize casefold count endswith find isalpha isdigit lower lstrip partition
        removeprefix removesuffix rfind rpartition rsplit rstrip split splitlines startswith strip
        title upper""".split()
    ),
    dict: frozenset("get items keys values".split()),
    list: frozenset("count index".split()),
    tuple: frozenset("count index".split()),
}
_FORBIDDEN = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.Extends: "extends",
}


class TemplateFault(Exception):
    """A template that is refused (`line`: where) or that did not come to an end in its limits."""

    def __init__(
        self,
        message: str,
        line: int | None = None,
        *,
        name: str = "",
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.name = name
        self.suggestion = suggestion


@dataclass(slots=True)
class _Purse:
    steps: int = MOST_STEPS
    output: int = MOST_OUTPUT

    def step(self, cost: int = 1) -> None:
        self.steps -= cost
        if self.steps < 0:
            raise TemplateFault(f"the template takes more than {MOST_STEPS:,} steps")

    def write(self, size: int) -> None:
        self.output -= size
        if self.output < 0:
            raise TemplateFault(f"the template writes more than {MOST_OUTPUT:,} characters")


# Whose it is at the moment: a template renders from its first to its last character in one go.
_purse: ContextVar[_Purse] = ContextVar("purse")


class Template:
    """A user's template. Raises TemplateFault for one that is refused."""

    def __init__(self, source: str) -> None:
        if len(source) > MOST_SOURCE:
            raise TemplateFault(f"a template may have {MOST_SOURCE:,} characters at most")
        tree = _parsed(source)
        _inspected(tree)
        try:
            self._template = _ENVIRONMENT.from_string(_counted(tree))
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise TemplateFault(f"it cannot be read: {error}"[:200]) from error

    def render(self, payload: Mapping[str, Any]) -> str:
        """Raises TemplateFault."""
        token = _purse.set(_Purse())
        try:
            return "".join(self._template.generate(variables(payload)))
        except TemplateFault:
            raise
        except (TemplateError, RecursionError, ArithmeticError, LookupError, TypeError) as error:
            raise TemplateFault(_said(error)) from error
        except (ValueError, AttributeError) as error:
            raise TemplateFault(_said(error)) from error
        finally:
            _purse.reset(token)


def _said(error: Exception) -> str:
    what = "it calls itself without end" if isinstance(error, RecursionError) else str(error)
    return f"the template fails: {what}"[:300]


def _parsed(source: str) -> nodes.Template:
    try:
        return _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateFault(error.message or "it cannot be read", error.lineno) from error
    except RecursionError as error:
        raise TemplateFault("it is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise TemplateFault("it cannot be read") from error


def _inspected(tree: nodes.Template) -> None:
    """Refuses what is known to fail before anything was ever sent."""
    for kind, word in _FORBIDDEN.items():
        for found in tree.find_all(kind):
            raise TemplateFault(f"`{word}` is not to be had: a template is one text", found.lineno)
    for used in tree.find_all(nodes.Filter):
        if used.name not in _FILTERS:
            raise _unknown("filter", used.name, _FILTERS, used.lineno)
    for asked in tree.find_all(nodes.Test):
        if asked.name not in _ENVIRONMENT.tests:
            raise _unknown("test", asked.name, _ENVIRONMENT.tests, asked.lineno)
    known = {*NAMES, *_ENVIRONMENT.globals, "loop", "self", "varargs", "kwargs", "caller"}
    known |= {one.name for one in tree.find_all(nodes.Name) if one.ctx in {"store", "param"}}
    known |= {one.name for one in tree.find_all(nodes.Macro)}
    for named in tree.find_all(nodes.Name):
        if named.ctx == "load" and named.name not in known:
            raise _unknown("name", named.name, known, named.lineno)


def _unknown(what: str, name: str, known: Iterable[str], line: int) -> TemplateFault:
    close = get_close_matches(name, list(known), n=1)
    return TemplateFault(
        f"there is no {what} {name!r}", line, name=name, suggestion=close[0] if close else None
    )


def _counted(tree: nodes.Template) -> nodes.Template:
    """With every loop, every output and every joining of texts going through the purse."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = _through("counted", loop.iter)
    for output in list(tree.find_all(nodes.Output)):
        output.nodes = [_through("written", _expression(one)) for one in output.nodes]
    for concat in list(tree.find_all(nodes.Concat)):
        concat.nodes = [_through("joined", one) for one in concat.nodes]
    return tree


def _expression(node: nodes.Node) -> nodes.Node:
    if isinstance(node, nodes.TemplateData):
        return nodes.Const(node.data, lineno=node.lineno)
    return node


def _through(name: str, node: nodes.Node) -> nodes.Filter:
    made = nodes.Filter(node, f"_{name}", [], [], None, None, lineno=node.lineno)
    made.set_environment(_ENVIRONMENT)
    return made


def _turns(values: Iterable[Any]) -> Iterator[Any]:
    purse = _purse.get()
    for value in values:
        purse.step()
        yield value


def _written(value: Any) -> str:
    text = str(value)
    purse = _purse.get()
    purse.step()
    purse.write(len(text))
    return text


def _joined(value: Any) -> str:
    """A part of `a ~ b`: what is joined is paid for like what is written."""
    return _written(value)


def _join(values: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    found = list(_turns(values))
    if attribute is not None:
        found = [one.get(attribute, "") if isinstance(one, Mapping) else "" for one in found]
    texts = [str(one) for one in found]
    _bounded(sum(map(len, texts)) + len(str(d)) * len(texts))
    return str(d).join(texts)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:
    whole = str(text)
    times = whole.count(old) if count is None or count < 0 else min(whole.count(old), count)
    _bounded(len(whole) + times * max(0, len(new) - len(old)))
    return whole.replace(old, new, times)


def _bounded(size: int) -> None:
    _purse.get().step(1 + size // 1_000)
    if size > MOST_TEXT:
        raise TemplateFault(f"the template makes a value of more than {MOST_TEXT:,} characters")


def _paid(value: Any) -> None:
    """What is done with a value costs by its size."""
    size = len(value) if isinstance(value, str | list | tuple | dict | range) else 0
    _purse.get().step(1 + size // 1_000)


def _paying(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """The same filter, paid for. The first argument of some is Jinja's own."""
    place = 1 if hasattr(filter_, "jinja_pass_arg") else 0

    @wraps(filter_)
    def paid(*args: Any, **kwargs: Any) -> Any:
        _paid(args[place])
        return filter_(*args, **kwargs)

    return paid


def _range(*bounds: int) -> range:
    made = range(*bounds)
    _bounded(len(made))
    return made


class _Sandbox(SandboxedEnvironment):
    """Nothing is reached but what stands in the lists above."""

    sandboxed = True
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "**", "%"])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, Macro | ChainableUndefined) or attr.startswith("_"):
            return False
        if type(obj).__module__ == "jinja2.runtime" or type(obj).__name__ == "Namespace":
            return True  # `loop`, and what `namespace()` holds
        kinds = (names for kind, names in _METHODS.items() if isinstance(obj, kind))
        return any(attr in names for names in kinds)

    def wrap_str_format(self, value: Any) -> Any:
        return None  # no way round the lists: `format` pads without bound

    def is_safe_callable(self, obj: Any) -> bool:
        return True  # only what was reached by the lists can be called

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        _paid(getattr(__obj, "__self__", None))
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str | list) and isinstance(right, type(left)):
            _bounded(len(left) + len(right))
            return super().call_binop(context, operator, left, right)
        for one in (left, right):
            if not isinstance(one, int | float) or abs(one) > 2**53:
                raise TemplateFault(f"`{operator}` takes numbers below 2^53")
        if operator == "**" and abs(right) > 64:
            raise TemplateFault("`**` takes exponents up to 64")
        return super().call_binop(context, operator, left, right)


def _environment() -> _Sandbox:
    made = _Sandbox(undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True)
    own = {"join": _join, "replace": _replace}
    kept = {name: _paying(one) for name, one in made.filters.items() if name in _FILTERS}
    internal = {"_counted": _turns, "_written": _written, "_joined": _joined}
    made.filters = {**kept, **own, **internal}
    made.globals = {
        name: one for name, one in made.globals.items() if name in {"dict", "namespace"}
    } | {"range": _range}
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    return made


_ENVIRONMENT = _environment()
