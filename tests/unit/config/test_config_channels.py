"""Channels of every type, and what is wrong with them."""

from pathlib import Path

import pytest

from watcher.config.load import effective, load, load_text
from watcher.config.secrets import Secret
from watcher.config.targets import (
    CommandTarget,
    FeedTarget,
    HookTarget,
    MatrixTarget,
    NtfyTarget,
    TelegramTarget,
    WebhookTarget,
)
from watcher.errors import ConfigErrors
from watcher.model.when import MINUTE, SECOND

HERE = Path("/srv/watcher/config.yaml")
ALL = """\
channels:
  hook:
    type: webhook
    url: http://10.1.2.3/hook
    format: miniflux
    secret: {env: HOOK}
    headers: {Authorization: {env: LOGIN}, X-Desk: one}
    allow_private: true
  own:
    type: webhook
    url: https://example.org/hook
    content_type: text/plain
    template: |
      {{ title }}
      {{ url }}
  team: {type: slack, url: {file: slack.url}}
  guild: {type: discord, url: {env: DISCORD}, allow_private: true}
  phone: {type: telegram, token: {env: BOT}, chat: -100123, thread: 4, silent: true}
  room: {type: matrix, homeserver: https://matrix.example, token: {env: MX}, room: '!a:b.example'}
  push: {type: ntfy, topic: {env: TOPIC}, server: https://push.example, priority: 5, tags: [quay]}
  open: {type: ntfy, topic: quay-alerts}
  run: {type: command, argv: [notify-send, --urgency=low], timeout: 1m, format: text}
  files: {type: feed, folder: public/feeds, url: https://example.org/feeds, items: 20}
"""


def problems(text):
    with pytest.raises(ConfigErrors) as raised:
        load_text(text, HERE)
    return [
        (one.code, one.place.line, one.place.column, one.message, one.hint)
        for one in raised.value.problems
    ]


def test_every_type_is_read():
    def secret(name, where="env"):
        return Secret(where, name, HERE.parent)

    found = {one.name: one for one in load_text(ALL, HERE).channels}
    assert found == {
        "hook": WebhookTarget(
            "hook",
            "http://10.1.2.3/hook",
            (secret("HOOK"),),
            form="miniflux",
            headers={"Authorization": secret("LOGIN"), "X-Desk": "one"},
            private=True,
        ),
        "own": WebhookTarget(
            "own",
            "https://example.org/hook",
            template="{{ title }}\n{{ url }}\n",
            content_type="text/plain",
        ),
        "team": HookTarget("team", "slack", secret("slack.url", "file")),
        "guild": HookTarget("guild", "discord", secret("DISCORD"), True),
        "phone": TelegramTarget(
            *("phone", secret("BOT"), "-100123", 4, True, "https://api.telegram.org")
        ),
        "room": MatrixTarget("room", "https://matrix.example", secret("MX"), "!a:b.example"),
        "push": NtfyTarget("push", secret("TOPIC"), "https://push.example", None, 5, ("quay",)),
        "open": NtfyTarget("open", "quay-alerts", "https://ntfy.sh", None, 3, ("newspaper",)),
        "run": CommandTarget(
            "run", ("notify-send", "--urgency=low"), HERE.parent, MINUTE, form="text"
        ),
        "files": FeedTarget("files", HERE.parent / "public/feeds", "https://example.org/feeds", 20),
    }
    kinds = [one.kind for one in found.values()]
    assert kinds == "webhook webhook slack discord telegram matrix ntfy ntfy command feed".split()
    assert found["run"].timeout == 60 * SECOND


def test_what_is_shown_of_a_config_holds_no_header_of_a_webhook(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "channels: {h: {type: webhook, url: https://h.example/, format: text,"
        " headers: {Authorization: Bearer hunter2}}}\n"
    )
    assert "hunter2" not in str(effective(path))
    assert "hunter2" not in repr(load(path))


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{type: webhook, url: https://h.example/}", "WTC-CFG-011", "channels.x.secret"),
        ("{type: webhook, url: https://h.example/, format: rss}", "WTC-CFG-010", "'miniflux'"),
        ("{type: webhook, url: nowhere, format: text}", "WTC-CFG-018", "no address"),
        (
            "{type: webhook, url: https://h.example/, format: slack, template: x}",
            *("WTC-CFG-024", "both a format and a template"),
        ),
        (
            "{type: webhook, url: https://h.example/, headers: {Host: x}, format: text}",
            *("WTC-CFG-010", "not watcher's own"),
        ),
        ("{type: slack, url: https://hooks.slack.example/T/B/x}", "WTC-CFG-010", "{file: …}"),
        ("{type: discord}", "WTC-CFG-011", "url is missing"),
        ("{type: telegram, token: {env: A}, chat: nobody}", "WTC-CFG-010", "channels.x.chat"),
        ("{type: telegram, token: hunter2, chat: 1}", "WTC-CFG-010", "channels.x.token"),
        (
            "{type: matrix, homeserver: matrix.org, token: {env: A}, room: '!a:b'}",
            *("WTC-CFG-010", "channels.x.homeserver"),
        ),
        (
            "{type: matrix, homeserver: https://m.example, token: {env: A}, room: '#a:b'}",
            *("WTC-CFG-010", "channels.x.room"),
        ),
        ("{type: ntfy, topic: a/b}", "WTC-CFG-010", "channels.x.topic"),
        ("{type: ntfy, topic: ab, priority: 6}", "WTC-CFG-010", "channels.x.priority"),
        ("{type: command, argv: notify-send hello}", "WTC-CFG-010", "a list"),
        ("{type: command, argv: []}", "WTC-CFG-010", "at least one"),
        ("{type: feed, folder: ''}", "WTC-CFG-010", "path of a folder"),
        ("{type: feed, folder: a, items: 0}", "WTC-CFG-010", "at least 1"),
    ],
)
def test_what_is_wrong_with_a_channel_is_told(text, code, words):
    found = problems(f"channels:\n  x: {text}\n")
    assert [(one[0], one[1]) for one in found] == [(code, 2)]
    assert words in found[0][3] + found[0][4]
    assert "hunter2" not in str(found)


def test_a_bad_template_is_told_with_the_line_that_it_is_bad_in():
    text = """\
channels:
  own:
    type: webhook
    url: https://example.org/hook
    template: |
      {{ title }}
      {{ titel }}
"""
    ((code, line, _, message, hint),) = problems(text)
    assert (code, line) == ("WTC-CFG-024", 7)
    assert "no name 'titel'" in message
    assert hint == "did you mean `title`?"


def test_a_bad_template_in_one_line_is_told_there():
    text = "channels:\n  run: {type: command, argv: [x], template: '{{ title | shout }}'}\n"
    ((code, line, column, message, _),) = problems(text)
    assert (code, line, column) == ("WTC-CFG-024", 2, 45)
    assert "no filter 'shout'" in message


def test_a_template_that_would_not_end_is_told_before_anything_is_sent():
    text = (
        "channels:\n  run: {type: command, argv: [x],"
        " template: '{% for a in range(60000) %}{{ a }}{% endfor %}'}\n"
    )
    assert "steps" in problems(text)[0][3]


def test_a_template_in_a_file_is_read_and_its_problems_are_told_there(tmp_path):
    path, template = tmp_path / "config.yaml", tmp_path / "alert.j2"
    path.write_text("channels:\n  run: {type: command, argv: [x], template: {file: alert.j2}}\n")
    template.write_text("{{ title }}\n")
    assert load(path).channels[0].template == "{{ title }}\n"
    template.write_text("one\ntwo {{ title\n")
    with pytest.raises(ConfigErrors) as raised:
        load(path)
    (one,) = raised.value.problems
    assert (Path(one.place.file).name, one.place.line) in {("alert.j2", 2), ("alert.j2", 3)}
    template.unlink()
    with pytest.raises(ConfigErrors) as raised:
        load(path)
    assert "alert.j2 cannot be read" in raised.value.problems[0].message


def test_two_channels_do_not_write_into_one_folder():
    text = "channels:\n  a: {type: feed, folder: f}\n  b: {type: feed, folder: ./f}\n"
    ((code, line, _, message, _),) = problems(text)
    assert (code, line) == ("WTC-CFG-025", 3)
    assert "'a' and 'b'" in message
