"""The schema of config.yaml says what the loader does."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from watcher.config.load import effective, load_text
from watcher.config.models import Config
from watcher.config.schema import schema
from watcher.errors import ConfigErrors

ROOT = Path(__file__).resolve().parents[3]
VALIDATOR = jsonschema.Draft202012Validator(schema())

GOOD = {
    "nothing": {},
    "short forms": {
        "feeds": ["https://a.example/feed"],
        "topics": {"t": "a AND b"},
        "channels": {
            "h": {"type": "webhook", "url": "https://a.example/", "secret": {"env": "A"}},
            "d": {"type": "email", "to": "a@b.example"},
        },
        "email": {"sender": "w@b.example"},
    },
    "long forms": {
        "net": {"gap": "2s", "ports": [80, "8000-8999"], "max_body": "10MB"},
        "poll": {"floor": "15m"},
        "alerts": {"backlog": "all"},
        "feeds": [{"url": "https://a.example/feed", "tags": ["x"], "every": "30m"}],
        "topics": {"t": {"query": "a", "scope": {"langs": ["en"]}}},
        "channels": {
            "h": {"type": "webhook", "url": "https://a.example/", "secret": [{"file": "k"}]},
        },
    },
    "empty sections": {"feeds": None, "topics": None},
}
BAD = {
    "an unknown key": {"feds": []},
    "an unknown key inside": {"net": {"gapp": "1s"}},
    "a bad duration": {"poll": {"every": "1 hour"}},
    "a number for a duration": {"poll": {"every": 60}},
    "a bad backlog": {"alerts": {"backlog": "soon"}},
    "a feed without an address": {"feeds": [{"title": "x"}]},
    "a bad mode": {"scrape": {"pages": "some"}},
    "a bad name": {"topics": {"a b": "x"}},
    "a channel of no type": {"channels": {"a": {"to": ["a@b.example"]}}},
    "a list where a map belongs": {"topics": ["a"]},
}


def loads(value: object) -> bool:
    try:
        load_text(json.dumps(value), Path("config.yaml"))
    except ConfigErrors:
        return False
    return True


@pytest.mark.parametrize("name", GOOD)
def test_what_is_good_for_the_loader_is_good_for_the_schema(name: str) -> None:
    assert loads(GOOD[name])
    assert list(VALIDATOR.iter_errors(GOOD[name])) == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_for_the_loader_is_bad_for_the_schema(name: str) -> None:
    assert not loads(BAD[name])
    assert list(VALIDATOR.iter_errors(BAD[name]))


def test_the_example_config_is_good_for_the_schema() -> None:
    example = YAML(typ="safe").load(ROOT / "config.yaml")
    assert list(VALIDATOR.iter_errors(example)) == []


def test_what_config_show_prints_is_a_config_again(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps(GOOD["long forms"]))
    shown = effective(path)
    assert (shown["net"]["gap"], shown["poll"]["cap"]) == ("2s", "1d")
    assert shown["net"]["ports"] == [80, "8000-8999"]
    path.write_text(json.dumps(shown))
    assert effective(path) == shown


def test_every_default_is_written_as_in_the_file() -> None:
    for held in schema()["$defs"].values():
        for key, one in held.get("properties", {}).items():
            assert not (isinstance(one.get("default"), int) and "pattern" in one), key


def test_every_key_says_what_it_means() -> None:
    made = Config.model_json_schema()
    for name, model in made["$defs"].items():
        for key, one in model["properties"].items():
            said = one.get("description") or "$ref" in one
            assert said, f"{name}.{key}"
