"""What is raised arrives: refused, lost and repeated, under one id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from tests.pipeline.conftest import HARBOUR, HOUR, Watch, page, rss
from tests.support.site import Reply, Site

from watcher.demo.receivers import MailReceiver
from watcher.model.when import MINUTE, SECOND


@pytest.fixture
def told(watch: Watch, site: Site) -> Watch:
    """A watch whose first pass raises one alert."""
    feed = rss(site, ("/strike", "Harbour strike", "Crews stopped work."))
    site.routes["/feed"] = Reply(feed, type="application/rss+xml")
    site.routes["/strike"] = page("Harbour strike", *HARBOUR)
    watch.feed(site.url("/feed"))
    return watch


class Refusing(MailReceiver):
    """Answers DATA with each of `answers` in turn, then takes the mail."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers = list(answers)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await super().handle_DATA(server, session, envelope)
        return self.answers.pop(0) if self.answers else "250 OK"


def ids(receiver: MailReceiver) -> list[str]:
    return [str(mail["Message-ID"]) for mail in receiver.mails]


def test_a_mail_refused_for_now_is_sent_again_the_same(told: Watch) -> None:
    with Refusing("451 greylisted") as server:
        told.topic("harbour", "harbour", "desk")
        told.mail(server.port)
        tally = told.once()
        assert (tally.deliveries, tally.undelivered) == (0, 1)
        (row,) = told.deliveries
        assert row.state == "due"
        assert (row.attempts[0].status, row.attempts[0].error is None) == (451, False)
        assert told.once(4 * MINUTE).deliveries == 0
        assert told.once(6 * MINUTE).deliveries == 1
        assert server.raw[0] == server.raw[1]
    assert told.deliveries[0].state == "done"


def test_a_mail_refused_for_good_is_dead_and_the_next_one_goes(told: Watch, site: Site) -> None:
    with Refusing("550 no such user") as server:
        told.topic("harbour", "harbour", "desk")
        told.mail(server.port)
        told.once()
        assert told.deliveries[0].state == "dead"
        feed = rss(
            site,
            ("/next", "Harbour talks", "They meet."),
            ("/strike", "Harbour strike", "Crews stopped work."),
        )
        site.routes["/feed"] = Reply(feed, type="application/rss+xml")
        site.routes["/next"] = page("Harbour talks", *(part[::-1] for part in HARBOUR))
        told.once(2 * HOUR)
    assert [one.state for one in told.deliveries] == ["dead", "done"]


def test_no_mail_server_at_all_keeps_the_mail_for_later(told: Watch) -> None:
    with MailReceiver() as gone:
        port = gone.port
    told.topic("harbour", "harbour", "desk")
    told.mail(port)
    told.once()
    (row,) = told.deliveries
    assert row.state == "due"
    assert str(port) in (row.attempts[0].error or "")
    with MailReceiver(port) as back:
        told.once(6 * MINUTE)
        assert len(ids(back)) == 1
    assert told.deliveries[0].state == "done"


@contextmanager
def losing_the_reply() -> Iterator[tuple[Controller, list[bytes]]]:
    """Takes the first mail and cuts the line before it says so."""
    got: list[bytes] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(bytes(envelope.content))
            if len(got) == 1:
                server.transport.close()
            return "250 OK"

    with MailReceiver() as free:
        port = free.port
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield controller, got
    finally:
        controller.stop()


def test_a_reply_lost_after_the_mail_repeats_it_under_the_same_id(told: Watch) -> None:
    with losing_the_reply() as (server, got):
        told.topic("harbour", "harbour", "desk")
        told.mail(server.port)
        told.once()
        assert told.deliveries[0].state == "due"
        told.once(6 * MINUTE)
    assert len(got) == 2
    assert got[0] == got[1]
    assert told.deliveries[0].state == "done"


def test_a_webhook_that_fails_is_tried_again_under_the_same_id(told: Watch, site: Site) -> None:
    site.routes["/hook"] = [503, Reply(status=429, headers={"Retry-After": "3600"}), 204]
    told.topic("harbour", "harbour", "hook")
    told.hook(site.url("/hook"))
    told.once()
    told.once(10 * SECOND)
    assert told.deliveries[0].state == "due"
    assert told.once(50 * MINUTE).deliveries == 0  # the receiver asked for an hour
    assert told.once(62 * MINUTE).deliveries == 1
    posts = [seen for seen in site.requests if seen.path == "/hook"]
    assert len(posts) == 3
    assert len({seen.header("webhook-id") for seen in posts}) == 1
    assert len({seen.body for seen in posts}) == 1
    assert len({seen.header("webhook-timestamp") for seen in posts}) == 3


def test_a_webhook_that_is_gone_is_not_asked_again(told: Watch, site: Site) -> None:
    site.routes["/hook"] = 410
    told.topic("harbour", "harbour", "hook")
    told.hook(site.url("/hook"))
    told.once()
    told.once(30 * HOUR)
    assert told.deliveries[0].state == "dead"
    assert [seen.path for seen in site.requests].count("/hook") == 1


def test_a_webhook_inside_the_network_is_refused_unless_allowed(told: Watch, site: Site) -> None:
    site.routes["/hook"] = 204
    told.sections["net"]["allow_post"] = []
    told.topic("harbour", "harbour", "hook")
    told.hook(site.url("/hook"))
    told.once()
    (row,) = told.deliveries
    assert row.state == "dead"
    assert "127.0.0.1" in (row.attempts[0].error or "")
    assert "/hook" not in [seen.path for seen in site.requests]


def test_one_channel_that_fails_does_not_keep_the_other_waiting(told: Watch, site: Site) -> None:
    site.routes["/hook"] = 500
    with MailReceiver() as server:
        told.topic("harbour", "harbour", "hook", "desk")
        told.hook(site.url("/hook"))
        told.mail(server.port)
        told.once()
        assert len(server.raw) == 1
    assert {one.channel: one.state for one in told.deliveries} == {"hook": "due", "desk": "done"}
