"""What the daemon's log tells, and how often."""

import io
import json

from watcher.daemon.logs import LogJournal

POLL = {"feed": "f_1", "url": "https://a.example/feed", "outcome": "unchanged", "new": 0}


def logged(*events, verbose=False):
    stream = io.StringIO()
    journal = LogJournal(stream, verbose=verbose)
    for facts in events:
        journal.note("poll", **{**POLL, **facts})
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_poll_that_brought_nothing_is_not_told():
    assert logged({}) == []
    assert len(logged({}, verbose=True)) == 1


def test_what_a_poll_noted_is_told_though_it_brought_nothing():
    (line,) = logged({"notes": ["moved for good"]})
    assert (line["level"], line["notes"]) == ("info", ["moved for good"])


def test_a_failing_feed_is_told_of_when_it_begins_and_not_at_every_poll():
    first = {"code": "WTC-NET-070", "error": "a.example answered 404", "again": None}
    later = {**first, "again": True}
    (line,) = logged(first, later, later)
    assert line["level"] == "warning"
    assert len(logged(first, later, verbose=True)) == 2


def test_only_data_is_logged_and_a_secret_is_named_by_its_type_alone(tmp_path):
    from watcher.channels.email import MailLine
    from watcher.config.secrets import Secret

    secret = Secret("file", "hidden.secret", tmp_path)
    line = MailLine("mail.example", 25, "none", "me", "opensesame", "w@example.org")
    (told,) = logged({"new": 1, "why": {"a": secret, "b": [line, 3]}, "extra": b"opensesame"})
    assert told["why"] == {"a": "<Secret>", "b": ["<MailLine>", 3]}
    assert told["extra"] == "<bytes>"
    assert "opensesame" not in str(told)


def test_what_stands_in_a_list_forges_no_line_either():
    (told,) = logged({"notes": ["moved\nto \x1b[2J"]})
    assert told["notes"] == ["moved\\nto \\x1b[2J"]
