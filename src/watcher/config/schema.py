"""The JSON Schema of config.yaml and the reference of its keys, both made from the models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from watcher.config.base import Model, known_models
from watcher.config.models import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What is written as a short form is a text in place of the object, or one in place of a list.
SHORT_OBJECTS = {
    "Feed": "The feed's address.",
    "ProxyModel": "Its address, http://host:port.",
    "Topic": "The query.",
}
SHORT_LISTS = {"EmailChannelModel": "to", "WebhookChannelModel": "secret"}

Shape = dict[str, Any]


def schema() -> Shape:
    """JSON Schema 2020-12 of config.yaml as it is written, short forms included."""
    made = _plain_schema()
    defs = made["$defs"]
    for name, meaning in SHORT_OBJECTS.items():
        defs[name] = {"anyOf": [{"type": "string", "description": meaning}, defs[name]]}
    for name, key in SHORT_LISTS.items():
        many = defs[name]["properties"][key]
        many["minItems"] = many.pop("minLength", 1)
        about = {"description": many.pop("description")}
        defs[name]["properties"][key] = {"anyOf": [many["items"], many], **about}
    for section in ("feeds", "topics", "channels", "aliases", "outlets"):
        # A section with nothing below it counts as absent.
        held = made["properties"][section]
        about = {"description": held.pop("description")}
        made["properties"][section] = {"anyOf": [held, {"type": "null"}], **about}
    return {"$schema": DIALECT, "title": "watcher: config.yaml", **made}


def schema_text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def reference() -> str:
    """Markdown: every section with its keys, their defaults and what they mean."""
    made = _plain_schema()
    parts = []
    for name, held in made["properties"].items():
        about = held.get("description") or made["$defs"][next(_models(held))]["description"]
        parts.append(f"## `{name}`\n\n{about}\n")
        if held.get("default") and held.get("type") == "string":
            parts.append(f"Default: `{held['default']}`.\n")
        models = list(_models(held))
        for one in models:
            if len(models) > 1:
                parts.append(f"{made['$defs'][one]['description']}\n")
            parts.append(_table(one, made))
    return "\n".join(parts)


def _models(held: Mapping[str, Any]) -> Iterator[str]:
    """The names of the models that a section holds."""
    for key, value in held.items():
        if key == "$ref":
            yield value.rsplit("/", 1)[-1]
        elif key == "discriminator":
            continue
        elif isinstance(value, Mapping):
            yield from _models(value)
        elif isinstance(value, list):
            for one in value:
                yield from _models(one) if isinstance(one, Mapping) else ()


def _table(name: str, made: Shape) -> str:
    model = made["$defs"][name]
    rows = ["| key | default | meaning |", "|---|---|---|"]
    inner: list[str] = []
    for key, held in model["properties"].items():
        default = _default(held, key in model.get("required", ()))
        about = " ".join(held.get("description", "").split())  # a row is one line
        rows.append(f"| `{key}` | {default} | {about}{_choices(held)} |")
        inner += [one for one in _models(held) if one != name]
    tables = [
        f"{made['$defs'][one]['description']}\n\n{_table(one, made)}"
        for one in dict.fromkeys(inner)
    ]
    return "\n".join([*rows, "", *tables])


def _default(held: Shape, required: bool) -> str:
    if required:
        return "needed"
    value = held.get("default")
    if not value or isinstance(value, dict):
        return ""
    return f"`{json.dumps(value) if isinstance(value, list | bool) else value}`"


def _choices(held: Shape) -> str:
    for one in (held, *held.get("anyOf", ())):
        if "enum" in one:
            return f" One of {', '.join(f'`{choice}`' for choice in one['enum'])}."
    return ""


def _plain_schema() -> Shape:
    """The library's schema with every default as it is written in the file."""
    made: Shape = _tidied(Config.model_json_schema())
    known = known_models()
    for name, held in [*made["$defs"].items(), ("Config", made)]:
        model: type[Model] = known[name]
        written = model.model_construct().model_dump(mode="json", warnings=False)
        for key, one in held["properties"].items():
            if "default" in one:
                one["default"] = written[key]
    return made


def _tidied(node: Any) -> Any:
    """Without the titles that the library makes of the keys."""
    if isinstance(node, list):
        return [_tidied(one) for one in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidied(value) for key, value in node.items() if key != "title" or _is_key(value)}
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False  # a name of another form is none
    return tidy


def _is_key(value: object) -> bool:
    """Whether `title` is a key of config.yaml here, and no title of a schema."""
    return isinstance(value, dict)
