"""Broken configs and good ones. In the tables a `¦` stands where the problem must point: in front
of the value or key itself, never elsewhere."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config.load import load, load_text
from watcher.config.secrets import Secret
from watcher.config.settings import MailServer, NetSettings, Settings
from watcher.config.targets import EmailTarget, WebhookTarget
from watcher.errors import ConfigErrors
from watcher.model.feed import FeedSpec
from watcher.model.ids import feed_id
from watcher.model.topic import Scope, TopicSpec
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

FILE = Path("/desk/config.yaml")


def problems_of(text):
    with pytest.raises(ConfigErrors) as caught:
        load_text(text, FILE)
    assert caught.value.exit_status == 78
    return caught.value.problems


def unmarked(text):
    """The text without its marks, and the (line, column) of each."""
    spots = []
    plain = ""
    for part in text.split("¦"):
        plain += part
        spots.append((plain.count("\n") + 1, len(plain) - plain.rfind("\n")))
    return plain, spots[:-1]


BROKEN = [
    # keys
    ("¦feds: []", "WTC-CFG-012", "unknown key 'feds'", "feeds"),
    ("net: {¦alow: []}", "WTC-CFG-012", "unknown key 'alow' in net", "allow"),
    ("feeds:\n  - url: https://a.example/\n    ¦titel: A", "WTC-CFG-012", "in feeds.0", "title"),
    ("poll: {budget: ¦3600}", "WTC-CFG-010", "a quota such as 3600/h", "a whole number, / and"),
    ("poll: {budget: ¦0/h}", "WTC-CFG-010", "a quota such as 3600/h", "a whole number, / and"),
    (
        "topics:\n  raid:\n    query: a\n    ¦zebra: [first]",
        "WTC-CFG-012",
        "'zebra'",
        "remove it",
    ),
    ("¦x: 1\n", "WTC-CFG-012", "'x'", "remove it"),
    ("topics: {t: {query: a, ¦<<: b}}", "WTC-CFG-012", "'<<' in topics.t", "remove it"),
    ("feeds: []\n¦feeds: []", "WTC-CFG-005", "'feeds' is there twice, first in line 1", "remove"),
    ("net: {gap: 1s, ¦gap: 2s}", "WTC-CFG-005", "'gap'", "remove one of the two"),
    ("¦email: {host: mail.example}", "WTC-CFG-011", "email.sender is missing", "add `sender:`"),
    ("feeds:\n  - ¦{title: A}", "WTC-CFG-011", "feeds.0.url is missing", "add `url:`"),
    ("topics:\n  ¦raid: {}", "WTC-CFG-011", "topics.raid.query is missing", "add `query:`"),
    ("outlets: {¦a.example: {}}", "WTC-CFG-011", "name is missing", "add `name:`"),
    ("topics: {¦bad name: a}", "WTC-CFG-010", "not 'bad name'", "start it with a letter"),
    ("topics: {¦دیدبان: a}", "WTC-CFG-010", "letters a to z", "64 characters"),
    ("aliases: {¦-x: [a]}", "WTC-CFG-010", "not '-x'", "start it with a letter"),
    ("? ¦[a, b]\n: c", "WTC-CFG-004", "a key is a text", "write a name"),
    # types and values
    ("poll: ¦[]", "WTC-CFG-010", "poll: this should be keys with values", "`key: value`"),
    ("feeds: ¦{a: b}", "WTC-CFG-010", "should be a list", "`- item`"),
    ("feeds: ¦https://a.example/", "WTC-CFG-010", "should be a list", "`- item`"),
    ("feeds: [¦7]", "WTC-CFG-010", "feeds.0: this should be an address", "https://"),
    ("topics: ¦[a]", "WTC-CFG-010", "should be names with values below", "`name: value`"),
    ("topics: {raid: ¦[a]}", "WTC-CFG-010", "should be a query, or keys", "`name: 'the query'`"),
    ("topics: {raid: {query: ¦5}}", "WTC-CFG-010", "should be a text, not 5", "quotes"),
    ("database: ¦12", "WTC-CFG-010", "should be the path of a file", "watcher.db"),
    ("database: ¦postgresql://h/x", "WTC-CFG-010", "SQLite alone", "watcher.db"),
    ("net:\n  ¦gap:", "WTC-CFG-010", "net.gap: this should be a duration", "s, m, h or d"),
    ("poll:\n  every: ¦1w", "WTC-CFG-010", "such as 30s, 15m, 1h or 7d, not '1w'", "s, m, h or d"),
    ("poll: {cap: ¦99999999d}", "WTC-CFG-010", "at most 36500d", "shorter"),
    ("alerts: {backlog: ¦soon}", "WTC-CFG-010", "0s for never, or all, not 'soon'", "1d"),
    ("net: {max_body: ¦lots}", "WTC-CFG-010", "a size such as 10MB or 512KiB", "KiB"),
    ("net: {ports: ¦80}", "WTC-CFG-010", "a list of ports", "[brackets]"),
    ("net: {ports: ¦[80, 99999]}", "WTC-CFG-010", "from 1 to 65535", "not 99999"),
    ("net: {ports: ¦[9000-8000]}", "WTC-CFG-010", "not '9000-8000'", "smaller number first"),
    ("net: {per_host: ¦many}", "WTC-CFG-010", "a whole number, not 'many'", "digits"),
    ("net: {per_host: ¦0}", "WTC-CFG-010", "at least 1, not 0", "write 1"),
    ("net: {concurrency: ¦1025}", "WTC-CFG-010", "at most 1024", "write 1024"),
    ("net: {allow: [localhost, ¦10.0.0.0/99]}", "WTC-CFG-010", "net.allow.1", "10.0.0.0/8"),
    ('net: {contact: ¦"a\\r\\nb: c"}', "WTC-CFG-010", "an address that leads to you", "one line"),
    ("scrape: {pages: ¦some}", "WTC-CFG-010", "'all', 'matched' or 'never', not 'some'", "one of"),
    ("email: {sender: ¦nobody}", "WTC-CFG-010", "a mail address", "not 'nobody'"),
    ("email: {sender: a@b.example, port: ¦99999}", "WTC-CFG-010", "at most 65535", "65535"),
    ("email: {sender: a@b.example, security: ¦ssl}", "WTC-CFG-010", "'starttls'", "one of"),
    # channels and secrets
    ("channels: {¦h: {type: webhook, url: https://h.example/}}", "WTC-CFG-011", "secret", "add"),
    ("channels: {h: ¦{type: sms}}", "WTC-CFG-010", "a type that there is", "email, webhook"),
    ("channels: {h: ¦{to: a@b.example}}", "WTC-CFG-010", "with its type", "add `type: email`"),
    ("email: {sender: a@b.c, password: ¦{}}", "WTC-CFG-010", "{file: …}", "once"),
    ("email: {sender: a@b.c, password: ¦{file: a, env: B}}", "WTC-CFG-010", "one of them", "once"),
    ("channels:\n  ¦desk: {type: email, to: a@b.c}", "WTC-CFG-016", "'desk' sends mail", "email:"),
    (
        "channels: {h: {type: webhook, url: ¦'javascript:alert(1)', secret: {env: A}}}",
        *("WTC-CFG-018", "no address of a webhook", "https://example.org/hook"),
    ),
    (
        "email: {sender: a@b.c}\nchannels: {d: {type: email, to: [¦'D <d@b.c>']}}",
        *("WTC-CFG-010", "channels.d.to.0", "without a name"),
    ),
    (
        "channels: {hook: {type: webhook, url: https://h.example/, secret: {env: A}}}\n"
        "topics: {t: {query: a, channels: [hook, ¦hok]}}",
        *("WTC-CFG-015", "'hok', which is not under", "did you mean `hook`?"),
    ),
    # feeds
    ("feeds: [¦'ftp://a.example/']", "WTC-CFG-013", "'ftp://a.example/'", "write it whole"),
    ("feeds: [¦'']", "WTC-CFG-013", "'' is no address", "write it whole"),
    ("feeds: [{url: ¦feed}]", "WTC-CFG-013", "'feed' is no address", "write it whole"),
    (
        "feeds:\n  - https://a.example/x\n  - ¦HTTPS://A.example:443/./x#top",
        *("WTC-CFG-014", "twice", "first in line 2"),
    ),
    (
        "feeds:\n  - {url: https://a.example/, id: a}\n  - ¦{url: https://b.example/, id: a}",
        *("WTC-CFG-014", "https://b.example/", "first in line 2"),
    ),
    (
        "feeds:\n  - {url: https://a.example/, id: a}\n  - ¦{url: https://a.example/, id: a}",
        *("WTC-CFG-014", "twice", "remove one of the two"),
    ),
    ("feeds: [https://a.example/]\npoll: {floor: ¦14m}", "WTC-CFG-017", "net.allow", "15m or more"),
    (
        "net: {allow: [a.example]}\npoll: {floor: ¦0s}\nfeeds: [https://a.example/]",
        *("WTC-CFG-017", "at least 1s", "1s or more"),
    ),
    # YAML
    ("net:\n¦\tgap: 1s", "WTC-CFG-004", "a tab in the indentation", "blanks"),
    ("net:\n  gap: 1s\n¦\tper_host: 2", "WTC-CFG-004", "a tab in the indentation", "blanks"),
    ("database: ¦'x\nfeeds: []\n", "WTC-CFG-004", "opened and never closed", "closing quote"),
    ("database: x\nfeeds: ¦[a, b\n", "WTC-CFG-004", "opened and never closed", "bracket"),
    ("database: x\n¦---\ndatabase: y", "WTC-CFG-004", "a second document", "---"),
    ("feeds: ¦*none", "WTC-CFG-004", "undefined alias 'none'", "quotes"),
    ("database: a¦: b", "WTC-CFG-004", "mapping values are not allowed", "colons"),
    ("database: a\nnet: {contact: b¦\0}", "WTC-CFG-004", "#x0000", "remove the character"),
    ("net: {per_host: ¦" + "9" * 5000 + "}", "WTC-CFG-004", "this is no int", "quotes"),
    ("feeds:\n  - ¦!!python/object:os.system {a: b}", "WTC-CFG-006", "!!python/object", "remove"),
    ("database: ¦!!python/object/apply:os.system [ls]", "WTC-CFG-006", "makes an object", "remove"),
    ("database: ¦!secret x", "WTC-CFG-006", "!secret", "remove the tag"),
    ("topics: {t: ¦!!binary aGk=}", "WTC-CFG-006", "!!binary", "remove the tag"),
    ("¦[" + "[" * 60 + "]" * 61, "WTC-CFG-007", "50 levels", "*aliases"),
    ("¦" + "[" * 5000, "WTC-CFG-007", "50 levels", "*aliases"),
    ("¦a: &a [*a]", "WTC-CFG-007", "too large", "*aliases"),
    ("¦#" + "x" * 1_000_000, "WTC-CFG-007", "1,000,000 bytes", "*aliases"),
    ("¦- a\n- b", "WTC-CFG-010", "config: this should be keys with values", "`feeds:`"),
    ("¦hello", "WTC-CFG-010", "config: this should be keys with values", "`feeds:`"),
]


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"), BROKEN, ids=[row[0][:30].strip() for row in BROKEN]
)
def test_a_problem_is_told_with_its_code_its_place_and_a_hint(text, code, message, hint):
    plain, spots = unmarked(text)
    (problem,) = problems_of(plain)
    place = problem.place
    assert (problem.code, place.file, (place.line, place.column)) == (code, str(FILE), *spots)
    assert message in problem.message
    assert hint in f"{problem.message}\n{problem.hint}"
    assert problem.hint


def test_the_nearest_name_is_the_suggestion():
    (key,) = problems_of("feds: []")
    (channel,) = problems_of(
        "channels: {hook: {type: webhook, url: https://h.example/, secret: {env: A}}}\n"
        "topics: {t: {query: a, channels: [hok]}}"
    )
    (none,) = problems_of("zzzz: []")
    assert (key.suggestion, channel.suggestion, none.suggestion) == ("feeds", "hook", None)


QUERIES = [
    ("topics: {t: ¦'a AND (b'}", 6),
    ("topics: {t: ¦a AND (b}", 6),
    ("topics:\n  t:\n    query: ¦'a AND (b'", 6),
    ('topics:\n  t: ¦"\\u0061 AND (b"', 6),
    ("topics:\n  t:\n    query: ¦'it''s (b'", 5),
    ("topics:\n  t:\n    query: ¦>\n      a\n      AND (b\n", 6),
    ("topics:\n  t:\n    query: ¦>-\n\n\n      a AND\n      (b\n", 8),
    ("topics:\n  t:\n    query: ¦|\n      a AND\n      (b\n", 6),
    ("topics:\n  t:\n    query:\n      ¦a AND\n      (b\n", 6),
    ("topics:\n  s: &q 'x'\n  t: {query: ¦&p 'a (b'}", 2),
    ("topics: {t: ¦'«دیدبان» AND (b'}", 13),
]


@pytest.mark.parametrize(("text", "offset"), QUERIES)
def test_a_bad_query_points_at_itself_and_at_the_place_inside_it(text, offset):
    plain, spots = unmarked(text)
    (problem,) = problems_of(plain)
    place = problem.place
    assert problem.code == "WTC-QRY-003"
    assert (place.line, place.column) == spots[0]
    assert (place.offset, place.length) == (offset, 1)
    assert problem.message.startswith("topic 't': missing")
    assert problem.hint


def test_a_query_behind_an_alias_points_at_its_key():
    plain, spots = unmarked("outlets: {a.b: {name: &q 'a (b'}}\ntopics:\n  t:\n    ¦query: *q\n")
    (problem,) = problems_of(plain)
    assert (problem.place.line, problem.place.column) == spots[0]


def test_the_place_of_an_empty_query_is_its_own():
    plain, spots = unmarked("topics:\n  t: ¦''\n  u: a\n")
    (problem,) = problems_of(plain)
    assert (problem.place.line, problem.place.column) == spots[0]


EVERYTHING_WRONG = """\
# a comment
¦feds: []
database: ¦!secret x
net: {gap: ¦5, allow: [¦bad host]}
poll: {floor: 1m}
feeds:
  - https://a.example/
  - ¦{title: no address}
  - ¦https://a.example/#again
  - ¦{url: 'mailto:a@b.c', ¦evry: 1h}
aliases: {mek: ¦MEK, ok: [a]}
topics:
  raid:
    query: ¦'@mek (b'
    channels: [hook, desk, ¦hok]
  good: {query: '@mek AND @ok', channels: [hook]}
  ¦bad name: a
  good: twice
channels:
  hook: {type: webhook, url: https://h.example/, secret: ¦hunter2}
  desk: {type: email, to: [¦desk]}
email: {sender: ¦nobody}
"""


def test_all_problems_of_a_file_are_told_at_once_in_file_order():
    text = EVERYTHING_WRONG.replace("  good: twice", "  ¦good: twice")
    text = text.replace("¦{url: 'mailto", "{url: ¦'mailto")
    plain, spots = unmarked(text)
    found = problems_of(plain)
    assert [(one.place.line, one.place.column) for one in found] == spots
    assert [one.code for one in found] == [
        "WTC-CFG-012",
        "WTC-CFG-006",
        "WTC-CFG-010",
        "WTC-CFG-010",
        "WTC-CFG-011",
        "WTC-CFG-014",
        "WTC-CFG-013",
        "WTC-CFG-012",
        "WTC-CFG-010",
        "WTC-QRY-003",
        "WTC-CFG-015",
        "WTC-CFG-010",
        "WTC-CFG-005",
        "WTC-CFG-010",
        "WTC-CFG-010",
        "WTC-CFG-010",
    ]
    assert all(one.hint for one in found)


def test_a_part_with_a_problem_is_not_blamed_for_others():
    """The channel and the alias are there, if not good; the floor waits for the feeds."""
    text = """\
net: {allow: [¦'?']}
poll: {floor: 1s}
feeds: [https://a.example/]
aliases: {a: ¦5}
topics: {t: {query: '@a', channels: [h, d]}}
channels:
  h: {type: ¦5, url: https://h.example/}
  d: {type: email, to: a@b.c}
email: {sender: a@b.c, ¦x: 1}
"""
    text = text.replace("h: {type: ¦5", "h: ¦{type: 5")
    plain, spots = unmarked(text)
    assert [(one.place.line, one.place.column) for one in problems_of(plain)] == spots


def test_an_alias_bomb_ends_early():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    (problem,) = problems_of(bomb)
    assert problem.code == "WTC-CFG-007"


SECRETS = [
    "channels: {h: {type: webhook, url: https://h.example/, secret: hunter2}}",
    "channels: {h: {type: webhook, url: https://h.example/, secret: [hunter2, {}]}}",
    "channels: {h: {type: webhook, url: https://h.example/, secret: {value: hunter2}}}",
    "channels: {h: {type: webhook, url: https://h.example/, secret: {file: [hunter2]}}}",
    "channels: {h: {type: webhook, url: https://h.example/, secret: !x hunter2}}",
    "email: {sender: a@b.c, password: hunter2}",
    "email: {sender: a@b.c, password: x, password: hunter2}",
    "email: {sender: a@b.c, password: 'hunter2}",
    "email: {sender: a@b.c, password: hunter2: 3}",
    "feeds: ['https://me:hunter2@a.example/', 'https://me:hunter2@a.example/']",
    "feeds: ['https://me:hunter2@a.example:0/']",
    "channels: {h: {type: webhook, url: 'ftp://me:hunter2@h.example/', secret: {env: A}}}",
]


@pytest.mark.parametrize("text", SECRETS)
def test_no_problem_shows_a_secret_that_was_written_into_the_file(text):
    for one in problems_of(text):
        shown = f"{one!r} {one} {one.message} {one.hint} {one.suggestion} {one.place}"
        assert "hunter2" not in shown


def test_a_missing_file_a_folder_and_another_encoding_are_told(tmp_path):
    (tmp_path / "folder").mkdir()
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("database: x\n# ü\ndatabase2: Tiranë".encode("latin-1"))
    wide = tmp_path / "wide.yaml"
    wide.write_text("feeds: []", encoding="utf-16")
    expected = [
        (tmp_path / "none.yaml", "there is no config at", None),
        (tmp_path / "folder", "cannot be read: Is a directory", None),
        (latin, "not UTF-8: byte 0xfc", (2, 3)),
        (wide, "not UTF-8: byte 0xff", (1, 1)),
    ]
    for path, message, spot in expected:
        with pytest.raises(ConfigErrors) as caught:
            load(path)
        (problem,) = caught.value.problems
        place = problem.place
        assert (problem.code, place.file) == ("WTC-CFG-001", str(path))
        assert (place.line, place.column) == (spot or (None, None))
        assert message in problem.message
        assert problem.hint


# -- good ones -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "\n", "# only words\n", "---\n", "{}", "feeds:\nnet:\n", "\ufefffeeds: []\r\n"]
)
def test_a_config_that_says_nothing_is_all_defaults(text):
    settings = load_text(text, FILE)
    assert settings == replace(Settings.empty(FILE.parent / "watcher.db"), path=FILE)


FULL = """\
database: data/seen.db
daemon: {listen: 'off'}
net:
  contact: https://desk.example/bot
  allow: [localhost, 10.0.0.0/8]
  allow_post: ['127.0.0.1:8080']
  ports: [80, 443, 9000-9010]
  gap: 2s
  per_host: 2
  concurrency: 8
  deadline: 20s
  max_body: 5MB
poll: {every: 2h, floor: 30m, cap: 2d, budget: 50/m}
scrape: {pages: matched, patience: 5m}
feeds:
  - https://kronika.example/feed
  - url: https://buletini.example/rss?utm_source=x
    id: buletini
    title: Buletini
    tags: [balkans, press]
    every: 30m
    scrape: never
    outlet: Buletini i Tiranës
    country: AL
    language: sq
outlets:
  Kronika.example: {name: Kronika e Bregut, aka: [Kronika, KB], lang: sq}
aliases:
  port: [harbour, limani]
topics:
  short: '@port'
  2024: year
  long:
    query: "@port AND Durrës"
    scope: {tags: [press], feeds: [buletini], langs: [sq], outlets: [a.example],
            not_outlets: [b.example]}
    channels: [hook, desk]
alerts: {backlog: all}
channels:
  desk: {type: email, to: [a@desk.example, b@desk.example]}
  one: {type: email, to: c@desk.example}
  hook:
    type: webhook
    url: https://hook.example/in
    secret: [{env: NEW}, {credential: old}]
email:
  host: mail.example
  port: 587
  security: starttls
  user: desk
  password: {file: mail.secret}
  sender: watcher@desk.example
"""


def test_every_key_of_a_full_config_arrives_in_the_settings():
    settings = load_text(FULL, FILE)
    folder = FILE.parent
    feeds = (
        FeedSpec(
            feed=feed_id("https://kronika.example/feed"),
            url="https://kronika.example/feed",
            scrape="matched",
            topics=2,  # `long` looks only where there is the tag
        ),
        FeedSpec(
            feed=feed_id("buletini"),
            url="https://buletini.example/rss?utm_source=x",
            title="Buletini",
            tags=("balkans", "press"),
            every=30 * MINUTE,
            scrape="never",
            outlet="Buletini i Tiranës",
            language="sq",
            country="AL",
            topics=3,
        ),
    )
    scope = Scope(("press",), ("buletini",), ("sq",), ("a.example",), ("b.example",))
    topics = (
        TopicSpec("short", "@port", settings.queries["short"].meaning),
        TopicSpec("2024", "year", "year"),
        TopicSpec(
            "long",
            "@port AND Durrës",
            settings.queries["long"].meaning,
            scope,
            ("hook", "desk"),
        ),
    )
    expected = Settings(
        path=FILE,
        database=folder / "data/seen.db",
        net=NetSettings(
            contact="https://desk.example/bot",
            allow=("localhost", "10.0.0.0/8"),
            allow_post=("127.0.0.1:8080",),
            ports=((80, 80), (443, 443), (9000, 9010)),
            gap=2 * SECOND,
            per_host=2,
            concurrency=8,
            deadline=20 * SECOND,
            max_body=5_000_000,
        ),
        every=2 * HOUR,
        floor=30 * MINUTE,
        cap=2 * DAY,
        budget=3000.0,
        patience=5 * MINUTE,
        listen=None,
        feeds=feeds,
        topics=topics,
        queries=settings.queries,
        aliases={"port": ("harbour", "limani")},
        outlets={"kronika.example": "Kronika e Bregut"},
        outlet_names={
            "kronikaebregut": "Kronika e Bregut",
            "kronika": "Kronika e Bregut",
            "kb": "Kronika e Bregut",
        },
        backlog=None,
        channels=(
            EmailTarget("desk", ("a@desk.example", "b@desk.example")),
            EmailTarget("one", ("c@desk.example",)),
            WebhookTarget(
                "hook",
                "https://hook.example/in",
                (Secret("env", "NEW", folder), Secret("credential", "old", folder)),
            ),
        ),
        mail=MailServer(
            "mail.example",
            587,
            "starttls",
            "desk",
            Secret("file", "mail.secret", folder),
            "watcher@desk.example",
        ),
    )
    for field in fields(Settings):
        assert getattr(settings, field.name) == getattr(expected, field.name), field.name
    assert set(settings.queries) == {"short", "2024", "long"}
    assert settings.queries["short"].meaning == "harbour OR limani"


def test_a_database_with_a_full_path_stays_where_it_is():
    assert load_text("database: /data/x.db", FILE).database == Path("/data/x.db")
    assert load_text("", FILE).on(Path("y.db")).database == Path("y.db")


def test_backlog_may_be_none_at_all_or_a_span():
    spans = {"all": None, "0s": 0, "2d": 2 * DAY}
    for text, span in spans.items():
        assert load_text(f"alerts: {{backlog: {text}}}", FILE).backlog == span


def test_a_floor_below_15_minutes_stands_where_every_host_is_allowed():
    text = (
        "net: {{allow: [{}]}}\npoll: {{floor: 1s}}\n"
        "feeds: ['http://127.0.0.1:8001/a', 'http://desk.example/b']"
    )
    good = [
        "127.0.0.0/8, desk.example",
        "'127.0.0.1:8001', 'desk.example:80'",
        "127.0.0.1, DESK.example",
    ]
    bad = ["127.0.0.0/8", "'127.0.0.1:8002', desk.example", "127.0.0.1, 'desk.example:443'", "''"]
    for rules in good:
        assert load_text(text.format(rules), FILE).floor == SECOND
    for rules in bad:
        assert "WTC-CFG-0" in problems_of(text.format(rules))[0].code


def test_what_a_query_warns_of_is_a_warning_of_the_config():
    settings = load_text("topics: {t: 'a or b'}", FILE)
    assert len(settings.warnings) == 1
    assert settings.warnings[0].startswith("topic 't': ")


def test_the_config_of_the_repository_is_good():
    repository = Path(__file__).parents[3]
    settings = load(repository / "config.yaml")
    assert settings.feeds
    assert not settings.warnings


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_settings_or_problems_with_places(text):
    found = ()
    try:
        load_text(text, FILE)
    except ConfigErrors as error:
        found = error.problems
    for one in found:
        assert one.hint
        assert 1 <= one.place.line <= len(text.splitlines()) + 1


YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab:,[]{}&*!|>'\"#\n\t- é", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "feeds url net allow topics query channels email secret type x".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("feeds net topics channels email aliases".split()), YAML))
def test_any_shape_is_settings_or_problems_with_places(value):
    found = ()
    try:
        load_text(json.dumps(value, ensure_ascii=False, indent=1), FILE)
    except ConfigErrors as error:
        found = error.problems
    spots = [(one.place.line, one.place.column) for one in found]
    assert spots == sorted(spots)
    assert all(one.hint and one.code.startswith("WTC-") for one in found)
