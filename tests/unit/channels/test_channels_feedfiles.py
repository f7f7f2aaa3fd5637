"""Feeds as files, read back by feed readers."""

import asyncio
import json
import os
from dataclasses import replace

import feedparser
import pytest
from tests.support.mails import english, job, payload, persian
from tests.support.records import NOON, draft
from tests.support.site import Site

from watcher.alerts.notice import notice
from watcher.channels.feedfiles import FeedFiles
from watcher.feeds.jsonfeed import parse_jsonfeed
from watcher.model.alert import Receipt, Retry

BASE = "https://desk.example/feeds/"


def numbered(number, **rest):
    made = draft(f"n{number}", title=f"Quay closed {number}", body=f"Text {number}.", **rest)
    return job(payload(made, query="quay"), channel="files")


def add(folder, *jobs, items=50, url=BASE):
    channel = FeedFiles("files", folder, items, url)

    async def go():
        return [await channel.send(one, NOON) for one in jobs]

    return asyncio.run(go())


def atom(folder, name="harbour-police"):
    read = feedparser.parse((folder / f"{name}.atom").read_bytes())
    assert not read.bozo
    return read


def listed(folder, name="harbour-police"):
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def test_an_alert_is_in_both_feeds_of_its_topic(tmp_path):
    folder = tmp_path / "public" / "feeds"
    (result,) = add(folder, job(payload(english()), channel="files"))
    assert isinstance(result, Receipt)
    assert sorted(os.listdir(folder)) == ["harbour-police.atom", "harbour-police.json"]
    read = atom(folder)
    (entry,) = read.entries
    item = payload(english())["data"]["items"][0]
    assert (entry.title, entry.link) == (item["title"], item["url"])
    assert [one.name for one in entry.authors] == ["Mira Dhima", "Arben Kola", "Kronika e Bregut"]
    assert "<strong>port police</strong>" in entry.content[0].value
    assert entry.id.startswith("urn:watcher:d_") or entry.id.startswith("urn:watcher:")
    assert read.feed.id == "urn:watcher:newsdesk:topic:harbour-police"
    links = {one.rel: one.href for one in read.feed.links}
    assert links["self"] == BASE + "harbour-police.atom"
    assert read.feed.updated == entry.updated == payload(english())["time"]
    feed = listed(folder)
    assert feed["feed_url"] == BASE + "harbour-police.json"
    assert feed["items"][0]["id"] == entry.id
    assert feed["items"][0]["_watcher"]["article"] == item["id"]


def test_our_own_reader_of_json_feeds_reads_it(tmp_path):
    add(tmp_path, job(payload(persian()), channel="files"))
    body = (tmp_path / "harbour-police.json").read_bytes()
    read = parse_jsonfeed(body, BASE, {})
    assert [one.title for one in read.entries] == ["پلیس اسکله شمالی بندر دورس را بست"]


def test_the_newest_stand_first_and_no_more_than_were_asked_for(tmp_path):
    jobs = [numbered(n, seen_at=NOON + n * 60_000_000) for n in range(7)]
    add(tmp_path, *jobs, items=3)
    wanted = ["Quay closed 6", "Quay closed 5", "Quay closed 4"]
    assert [one["title"] for one in listed(tmp_path)["items"]] == wanted
    assert [one.title for one in atom(tmp_path).entries] == wanted


def test_a_repeat_is_no_second_item_and_changes_nothing(tmp_path):
    jobs = [numbered(n) for n in range(3)]
    add(tmp_path, *jobs)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    add(tmp_path, jobs[1])
    add(tmp_path, jobs[0])
    assert len(listed(tmp_path)["items"]) == 3
    assert {path.name: sorted(path.read_bytes()) for path in tmp_path.iterdir()} == {
        name: sorted(raw) for name, raw in before.items()
    }


def test_what_is_told_of_watcher_itself_has_a_feed_of_its_own(tmp_path):
    text = notice("d_1", "channel_failing", "al_1", "channel hook fails: <b>", NOON, "newsdesk")
    one = numbered(1)
    add(tmp_path, replace(one, delivery=replace(one.delivery, payload=text)))
    (entry,) = atom(tmp_path, "watcher-notices").entries
    assert entry.title == "A channel fails"
    assert "&lt;b&gt;" in entry.content[0].value


@pytest.mark.parametrize("topic", ["../../x", "a/b", ".hidden", "", "…"])
def test_no_topic_leads_out_of_the_folder(tmp_path, topic):
    folder = tmp_path / "feeds"
    shape = payload(english())
    shape["data"]["_watcher"]["topic"]["name"] = topic
    one = numbered(1)
    add(folder, replace(one, delivery=replace(one.delivery, payload=json.dumps(shape))))
    assert os.listdir(tmp_path) == ["feeds"]
    assert len(os.listdir(folder)) == 2
    assert not any(name.startswith(".") for name in os.listdir(folder))


def test_nothing_of_a_publisher_is_markup_and_the_xml_stays_xml(tmp_path):
    nasty = "<script>alert(1)</script> \0 \x1b[31m ]]> & \ud83d quay"
    add(tmp_path, job(payload(english(title=nasty, body=nasty)), channel="files"))
    (entry,) = atom(tmp_path).entries
    raw = (tmp_path / "harbour-police.atom").read_text("utf-8")
    assert "<script" not in raw
    assert "<script" not in entry.content[0].value
    assert "\x1b" not in raw
    json.loads((tmp_path / "harbour-police.json").read_bytes())


def test_a_link_that_no_browser_opens_is_none(tmp_path):
    shape = payload(english())
    shape["data"]["items"][0]["url"] = "javascript:alert(1)"
    one = numbered(1)
    add(tmp_path, replace(one, delivery=replace(one.delivery, payload=json.dumps(shape))))
    assert "javascript" not in (tmp_path / "harbour-police.atom").read_text("utf-8")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"items": [1]}', "\xff", '{"items": [{}]}'])
def test_a_file_of_somebody_elses_is_kept_beside_and_the_feed_begins_anew(tmp_path, content):
    path = tmp_path / "harbour-police.json"
    path.write_bytes(content.encode("latin-1"))
    (result,) = add(tmp_path, numbered(1))
    assert isinstance(result, Receipt)
    assert "kept as" in result.detail
    assert (tmp_path / "harbour-police.json.broken").read_bytes() == content.encode("latin-1")
    assert len(listed(tmp_path)["items"]) == 1


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path):
    (tmp_path / "file").write_text("x")
    (result,) = add(tmp_path / "file", numbered(1))
    assert isinstance(result, Retry)
    assert "file" in result.reason


def test_deliveries_at_the_same_time_are_all_in(tmp_path):
    channel = FeedFiles("files", tmp_path, 50, None)

    async def go():
        await asyncio.gather(*(channel.send(numbered(n), NOON) for n in range(12)))

    asyncio.run(go())
    assert len(listed(tmp_path)["items"]) == 12
    assert "feed_url" not in listed(tmp_path)


def test_served_as_it_stands_it_can_be_subscribed_to(tmp_path):
    add(tmp_path, numbered(1))
    with Site({"/a": (tmp_path / "harbour-police.atom").read_bytes()}) as site:
        assert feedparser.parse(site.url("/a")).entries[0].title == "Quay closed 1"
