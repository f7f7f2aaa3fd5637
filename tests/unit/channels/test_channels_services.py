"""Chat and notification services, each against a server on loopback that answers as it does."""

import asyncio
import html
import json
from dataclasses import replace

import pytest
from tests.support.mails import again, copied, english, job, payload, persian
from tests.support.records import NOON
from tests.support.site import RESET, Raw, Reply, Site, redirect

from watcher.alerts.notice import notice
from watcher.channels.services import Discord, Matrix, Ntfy, ServiceChannel, Slack, Telegram
from watcher.model.alert import Dead, Receipt, Retry
from watcher.model.when import SECOND
from watcher.net.policy import NetPolicy, parse_rules
from watcher.net.post import GuardedPost

TOKEN = "12345:AAsecretSECRET"
ROOM = "!quay:chat.example"
JOB = job(payload(english(), **copied(english())), channel="chat")
IDENT = JOB.delivery.delivery


class Clock:
    def now(self):
        return NOON


def service(name, site):
    return {
        "slack": lambda: Slack(site.url("/services/T0/B0/" + TOKEN)),
        "discord": lambda: Discord(site.url("/api/webhooks/1/" + TOKEN)),
        "telegram": lambda: Telegram(TOKEN, "-100123", 7, True, site.origin),
        "matrix": lambda: Matrix(site.origin + "/", TOKEN, ROOM),
        "ntfy": lambda: Ntfy("quay-alerts", site.origin, TOKEN, 4, ("newspaper",)),
    }[name]()


PATHS = {
    "slack": f"/services/T0/B0/{TOKEN}",
    "discord": f"/api/webhooks/1/{TOKEN}?wait=true",
    "telegram": f"/bot{TOKEN}/sendMessage",
    "matrix": f"/_matrix/client/v3/rooms/%21quay%3Achat.example/send/m.room.message/{IDENT}",
    "ntfy": "/",
}
OK = {
    "slack": Reply("ok", type="text/html"),
    "discord": Reply('{"id": "1"}', type="application/json"),
    "telegram": Reply('{"ok": true, "result": {"message_id": 1}}', type="application/json"),
    "matrix": Reply('{"event_id": "$1"}', type="application/json"),
    "ntfy": Reply('{"id": "x", "event": "message"}', type="application/json"),
}
EVERY = pytest.mark.parametrize("name", list(PATHS))


def answered(name, answer, one=JOB, *, allow=("127.0.0.0/8",)):
    """What comes of a try that the service answers so, and what it was sent."""
    policy = NetPolicy("watcher/0", allow_post=parse_rules(allow))
    path = PATHS[name].replace(IDENT, one.delivery.delivery)

    async def go(site):
        async with GuardedPost(policy, Clock(), deadline=2.0) as post:
            return await ServiceChannel("chat", service(name, site), post).send(one, NOON)

    with Site({path: answer}) as site:
        result = asyncio.run(go(site))
    assert TOKEN not in repr(result)
    return result, site.requests


def sent(name, one=JOB):
    result, (seen,) = answered(name, OK[name], one)
    assert isinstance(result, Receipt)
    return seen, json.loads(seen.body)


def text_of(name, body):
    """All that somebody reads of it."""
    keys = {"slack": "text", "discord": "content", "telegram": "text", "ntfy": "message"}
    return body["formatted_body"] if name == "matrix" else body[keys[name]]


# -- what each is sent -----------------------------------------------------------------------------


@EVERY
def test_a_message_is_taken_and_says_what_a_mail_says(name):
    _, body = sent(name)
    text = html.unescape(text_of(name, body)).replace("\\", "")
    for words in (
        "Kronika e Bregut",
        "47 min",
        "port police",
        "Why: harbour-police, because",
        "a copy of The Tirana Desk",
    ):
        assert words in text
    title = text if name != "ntfy" else body["title"]
    assert "Police close the northern quay of Durrës" in title


@EVERY
def test_a_persian_text_arrives_whole(name):
    _, body = sent(name, job(payload(persian()), channel="chat"))
    assert "اسکله" in text_of(name, body)
    assert "اسکله".encode() in json.dumps(body, ensure_ascii=False).encode()


@EVERY
def test_a_test_of_the_channel_and_what_is_told_of_another_arrive(name):
    shape = json.loads(notice("d_9", "channel_test", "al_9", "This is <a> test & more.", NOON, "x"))
    one = job(payload(), channel="chat")
    text = json.dumps(shape)
    one = replace(one, delivery=replace(one.delivery, delivery="d_9", payload=text))
    _, body = sent(name, one)
    assert "This is <a> test & more." in html.unescape(text_of(name, body)).replace("\\", "")


def test_slack_is_given_its_own_markup():
    _, body = sent("slack", job(payload(english(title="A <b> & *bold* <!channel> | quay"))))
    assert "A &lt;b&gt; &amp; ∗bold∗ &lt;!channel&gt; ¦ quay>*" in body["text"]
    assert "<!channel>" not in body["text"]
    assert "> " in body["text"]
    assert "*port police*" in body["text"]
    assert body["unfurl_links"] is False


def test_discord_is_given_its_own_markup_and_nobody_is_called():
    nasty = "@everyone **x** [a](https://x.example) `c` <@123> quay"
    _, body = sent("discord", job(payload(english(title=nasty))))
    assert body["allowed_mentions"] == {"parse": []}
    assert (
        "\\@everyone \\*\\*x\\*\\* \\[a\\]\\(https\\://x.example\\) \\`c\\` \\<\\@123\\> quay]("
        in (body["content"])
    )
    assert "**port police**" in body["content"]


def test_telegram_is_given_html_of_which_nothing_is_the_publishers():
    nasty = '<script>alert(1)</script> & <b>x</b> "quay"'
    seen, body = sent("telegram", job(payload(english(title=nasty))))
    assert html.escape(nasty) in body["text"]
    assert "<script" not in body["text"]
    assert "<b>port police</b>" in body["text"]
    assert body["parse_mode"] == "HTML"
    assert (body["chat_id"], body["message_thread_id"]) == ("-100123", 7)
    assert body["disable_notification"] is True
    assert seen.method == "POST"


def test_matrix_has_a_transaction_that_is_the_same_on_every_try():
    first, body = sent("matrix")
    second, _ = sent("matrix", again(JOB, 3))
    assert first.target == second.target
    assert (first.method, second.method) == ("PUT", "PUT")
    assert first.header("Authorization") == f"Bearer {TOKEN}"
    assert body["msgtype"] == "m.notice"
    assert "<" not in body["body"].replace("<https", "")
    assert "<strong>port police</strong>" in body["formatted_body"]


def test_ntfy_has_a_sequence_that_is_the_same_on_every_try_and_opens_the_article():
    _, first = sent("ntfy")
    _, second = sent("ntfy", again(JOB, 3))
    assert first == second
    assert first["sequence_id"] == IDENT
    assert first["topic"] == "quay-alerts"
    assert first["click"] == json.loads(JOB.delivery.payload)["data"]["items"][0]["url"]
    assert (first["priority"], first["tags"]) == (4, ["newspaper"])


def test_a_link_that_no_browser_opens_is_words():
    for name in PATHS:
        shape = json.loads(JOB.delivery.payload)
        shape["data"]["items"][0]["url"] = "javascript:alert(1)"
        text = json.dumps(shape)
        _, body = sent(name, replace(JOB, delivery=replace(JOB.delivery, payload=text)))
        assert "javascript" not in json.dumps(body)


LIMITS = {
    "slack": lambda body: len(body["text"]) <= 4_000,
    "discord": lambda body: len(body["content"]) <= 2_000,
    "telegram": lambda body: len(body["text"].encode("utf-16-le")) // 2 <= 4_096,
    "matrix": lambda body: len(json.dumps(body, ensure_ascii=False).encode()) <= 60_000,
    "ntfy": lambda body: len(body["message"].encode()) < 4_096 and len(body["title"]) <= 250,
}


@EVERY
@pytest.mark.parametrize("char", ["x", "&", "<", "*", "ا", "😀", "界"])
def test_no_message_is_longer_than_the_service_takes_and_no_markup_is_cut(name, char):
    body = f"quay {char * 300} police " * 40
    made = english(title=char * 600, body=body, byline=tuple(char * 200 for _ in range(9)))
    _, got = sent(name, job(payload(made), channel="chat"))
    assert LIMITS[name](got)
    text = text_of(name, got)
    if name in {"telegram", "matrix"}:
        for tag in ("b", "strong", "a", "blockquote"):
            assert text.count(f"<{tag}>") + text.count(f"<{tag} ") == text.count(f"</{tag}>")
    if name == "discord":
        assert text.count("**") % 2 == 0


def test_where_a_message_was_cut_it_says_so():
    shape = json.loads(JOB.delivery.payload)
    item = shape["data"]["items"][0]
    shape["data"]["items"] = [{**item, "id": f"a_{n}", "title": f"Quay {n}"} for n in range(200)]
    text = json.dumps(shape)
    for name in PATHS:
        _, body = sent(name, replace(JOB, delivery=replace(JOB.delivery, payload=text)))
        assert LIMITS[name](body)
        assert "the rest did not fit" in text_of(name, body)


# -- what the answers mean -------------------------------------------------------------------------


def said(shape, status, **headers):
    return Reply(json.dumps(shape), status, headers, type="application/json")


TELEGRAM_429 = {
    "ok": False,
    "error_code": 429,
    "description": "Too Many Requests: retry after 35",
    "parameters": {"retry_after": 35},
}


@pytest.mark.parametrize(
    ("name", "answer", "after"),
    [
        ("slack", Reply("rate_limited", 429, {"Retry-After": "30"}), 30),
        (
            "discord",
            said({"message": "You are being rate limited.", "retry_after": 64.5}, 429),
            64.5,
        ),
        (
            "discord",
            said({"message": "slow", "retry_after": 0.3}, 429, **{"Retry-After": "1"}),
            1,
        ),
        ("telegram", said(TELEGRAM_429, 429), 35),
        ("matrix", said({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2_500}, 429), 2.5),
        ("ntfy", said({"code": 42901, "http": 429, "error": "limit reached"}, 429), None),
        ("matrix", said({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": "soon"}, 429), None),
        ("telegram", said({"parameters": [1]}, 429), None),
        ("telegram", Reply("[]", 502), None),
        ("discord", Reply("<html>bad gateway", 502), None),
    ],
)
def test_a_service_that_asks_to_wait_is_waited_for(name, answer, after):
    result, requests = answered(name, answer)
    assert isinstance(result, Retry)
    assert result.after == (None if after is None else after * SECOND)
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("slack", Reply("no_service", 404), "no_service"),
        ("slack", Reply("channel_is_archived", 410), "channel_is_archived"),
        ("discord", said({"message": "Unknown Webhook", "code": 10015}, 404), "Unknown Webhook"),
        (
            "telegram",
            said({"ok": False, "description": "Forbidden: bot was blocked by the user"}, 403),
            "blocked",
        ),
        (
            "telegram",
            said({"ok": False, "description": "Bad Request: chat not found"}, 400),
            "chat",
        ),
        ("ntfy", Reply("gone", 410), "gone"),
    ],
)
def test_where_the_destination_is_gone_the_channel_is_disabled(name, answer, words):
    result, _ = answered(name, answer)
    assert isinstance(result, Dead)
    assert result.disable
    assert words in result.reason


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("slack", Reply("invalid_payload", 400), "invalid_payload"),
        ("discord", said({"message": "Cannot send an empty message", "code": 50006}, 400), "empty"),
        ("telegram", said({"description": "Bad Request: message is too long"}, 400), "too long"),
        ("matrix", said({"errcode": "M_TOO_LARGE", "error": "large"}, 413), "M_TOO_LARGE large"),
        ("ntfy", said({"error": "invalid request"}, 400), "invalid request"),
    ],
)
def test_a_message_that_is_refused_is_dead_and_the_channel_goes_on(name, answer, words):
    result, _ = answered(name, answer)
    assert isinstance(result, Dead)
    assert not result.disable
    assert words in result.reason


@EVERY
@pytest.mark.parametrize("status", [401, 404, 409, 500, 503, 301, 307])
def test_what_somebody_can_mend_is_tried_again(name, status):
    with Site() as inside:
        answer = redirect(inside.url(), status) if status in {301, 307} else Reply("no", status)
        result, _ = answered(name, answer)
        assert isinstance(result, Retry)
        assert result.status == status
        assert inside.connections == 0


def test_a_group_that_became_a_supergroup_says_its_new_number():
    shape = {"description": "upgraded", "parameters": {"migrate_to_chat_id": -100777}}
    result, _ = answered("telegram", said(shape, 400))
    assert "-100777" in result.reason


@EVERY
@pytest.mark.parametrize(
    "answer", [Raw([RESET]), Raw([b"nonsense\r\n\r\n"]), Reply(b"x" * 100_000, 500), Raw([5])]
)
def test_no_failure_shows_a_secret(name, answer):
    result, _ = answered(name, answer)  # looks for the token in whatever comes of it
    assert isinstance(result, Retry)
    assert len(result.reason) < 400


@EVERY
def test_a_private_address_is_refused_unless_it_is_allowed(name):
    result, requests = answered(name, OK[name], allow=())
    assert isinstance(result, Dead)
    assert "WTC-NET" in result.reason
    assert requests == []


def test_what_a_channel_holds_shows_no_secret():
    with Site() as site:
        for name in PATHS:
            one = service(name, site)
            assert TOKEN not in repr(one)
            assert TOKEN not in repr(one.call(payload(), "d_1"))
