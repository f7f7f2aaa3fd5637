"""Every form that a channel may send takes every payload that there is."""

import json

import pytest
from tests.support.mails import copied, english, payload, persian
from tests.support.records import NOON, draft

from watcher.alerts.brief import brief
from watcher.alerts.digest import digest
from watcher.alerts.feedfile import added
from watcher.alerts.formats import body
from watcher.alerts.notice import TYPES, notice
from watcher.alerts.template import Template
from watcher.model.alert import Alert

FORMS = ("standard", "miniflux", "slack", "discord", "text")


def digested(count):
    told = [
        json.dumps(payload(english(), topic="harbour-police")),
        json.dumps(payload(persian())),
        *(
            json.dumps(payload(draft(f"n{n}", title=f"Quay {n}", body="quay")))
            for n in range(count)
        ),
    ]
    raised = Alert("al_d", "match", "harbour-police", 3, "", "", 0, "raised", "at 07:30", NOON)
    return digest("d_d", raised, told, "Europe/Tirane", "newsdesk")


PAYLOADS = {
    "match": json.dumps(payload(english(), **copied(english()))),
    "digest": digested(2),
    "long digest": digested(90),
    **{kind: notice("d_n", kind, "al_n", "words <b>", NOON, "newsdesk") for kind in TYPES},
}


@pytest.mark.parametrize("name", list(PAYLOADS))
@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_every_payload(name, form):
    made = body(PAYLOADS[name], form)
    assert made.text.strip()
    if form != "text":
        json.loads(made.text)
    if form == "discord":
        assert len(json.loads(made.text)["content"]) <= 2_000


@pytest.mark.parametrize("name", list(PAYLOADS))
def test_templates_and_feeds_take_every_payload(name):
    shape = json.loads(PAYLOADS[name])
    assert Template("{{ headline }}\n{{ message }}").render(shape).strip()
    feeds = added(None, shape, most=500, base=None)
    assert len(json.loads(feeds.json)["items"]) == len(shape["data"]["items"])


def test_a_digest_says_how_many_there_are_and_each_article_once():
    shape = json.loads(PAYLOADS["digest"])
    told = brief(shape)
    assert told.headline == shape["data"]["title"]
    text = body(PAYLOADS["digest"], "text").text
    assert "4 new in" in text
    for title in ("Police close the northern quay of Durrës", "Quay 0\n", "Quay 1\n"):
        assert text.count(title) == 1


def test_a_digest_that_had_no_room_says_how_many_are_left_out():
    shape = json.loads(PAYLOADS["long digest"])
    omitted = shape["data"]["_watcher"]["digest"]["omitted"]
    assert omitted
    assert brief(shape).omitted == omitted
