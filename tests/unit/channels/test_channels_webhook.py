"""Webhooks through the real guarded door to a receiver on loopback."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.support.mails import again, english, job, payload, persian
from tests.support.records import NOON
from tests.support.site import RESET, Raw, Reply, Site, redirect

from watcher.alerts.template import Template
from watcher.channels.webhook import STANDARD, Shape, WebhookChannel
from watcher.errors import ConfigError
from watcher.model.alert import Dead, Receipt, Retry
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, moment
from watcher.net.policy import NetPolicy, parse_rules
from watcher.net.post import GuardedPost

NEW = "whsec_" + base64.b64encode(b"new-key-" * 4).decode()
OLD = "whsec_" + base64.b64encode(b"old-key-" * 4).decode()
JOB = job(payload(persian()), channel="hook")


class Clock:
    def now(self):
        return NOON


def send(
    url, one=JOB, *, at=NOON, secrets=(NEW,), allow=("127.0.0.0/8",), deadline=15.0, shape=STANDARD
):
    policy = NetPolicy("watcher/0", allow_post=parse_rules(allow))

    async def go():
        async with GuardedPost(policy, Clock(), deadline=deadline) as post:
            return await WebhookChannel("hook", url, secrets, post, shape).send(one, at)

    return asyncio.run(go())


def answered(answer, *args, **rest):
    """What comes of a try that the receiver answers so."""
    with Site({"/hook": answer}) as site:
        return send(site.url("/hook"), *args, **rest)


def posted(one=JOB, **rest):
    """The request of a try."""
    with Site({"/hook": 204}) as site:
        send(site.url("/hook"), one, **rest)
    (seen,) = site.requests
    return seen


def verify(secret, seen):
    """As a receiver would, but for its clock: the library refuses what is days old."""
    headers = {name.lower(): value for name, value in seen.headers}
    stamp = moment(int(headers["webhook-timestamp"]) * SECOND)
    signed = Webhook(secret).sign(headers["webhook-id"], stamp, seen.body.decode())
    return signed in headers["webhook-signature"].split()


# -- what is sent --------------------------------------------------------------------------------


def test_a_receiver_with_the_library_verifies_what_came():
    today = round(datetime.now(UTC).timestamp()) * SECOND
    seen = posted(at=today)
    headers = {name.lower(): value for name, value in seen.headers}
    assert Webhook(NEW).verify(seen.body, headers) == json.loads(JOB.delivery.payload)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(seen.body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(seen.body, headers)


def test_the_body_is_the_payload_as_it_was_frozen_and_signed():
    seen = posted()
    assert seen.method == "POST"
    assert seen.body == JOB.delivery.payload.encode("utf-8")
    assert "اسکله".encode() in seen.body
    assert seen.header("Content-Type") == "application/json"
    assert seen.header("Content-Length") == str(len(seen.body))
    assert json.loads(seen.body)["id"] == seen.header("webhook-id")


def test_every_try_has_the_same_id_and_body_and_its_own_time():
    tries = [posted(again(JOB, n), at=NOON + n * HOUR) for n in range(3)]
    assert {seen.header("webhook-id") for seen in tries} == {JOB.delivery.delivery}
    assert len({seen.body for seen in tries}) == 1
    stamps = [int(seen.header("webhook-timestamp")) for seen in tries]
    assert stamps == [NOON // SECOND + n * 3600 for n in range(3)]
    assert len({seen.header("webhook-signature") for seen in tries}) == 3
    assert all(verify(NEW, seen) for seen in tries)


def test_the_timestamp_is_whole_seconds_of_now_whatever_the_machine_says():
    assert posted(at=NOON + 999_999).header("webhook-timestamp") == str(NOON // SECOND)


def test_all_secrets_sign_newest_first():
    seen = posted(secrets=(NEW, OLD))
    signatures = seen.header("webhook-signature").split(" ")
    assert [one[:3] for one in signatures] == ["v1,", "v1,"]
    assert verify(NEW, seen)
    assert verify(OLD, seen)
    assert signatures == [posted(secrets=(one,)).header("webhook-signature") for one in (NEW, OLD)]


def test_header_values_hold_nothing_that_a_header_may_not():
    seen = posted()
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=,v ")
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert set(seen.header(name)) <= allowed


# -- what comes of a try -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_2xx_is_delivered(status):
    assert answered(status) == Receipt(status)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 409, 422, 500, 502, 503, 504])
def test_everything_else_is_tried_again_after_the_table(status):
    result = answered(Reply("  not\n now ", status))
    assert isinstance(result, Retry)
    assert (result.status, result.after) == (status, None)
    # A 304 has no body.
    assert result.reason == (f"HTTP {status}: not now" if status != 304 else "HTTP 304")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_tried_again(status):
    with Site({"/": b"x"}) as inside:
        result = answered(redirect(inside.url(), status))
        assert isinstance(result, Retry)
        assert result.status == status
        assert inside.connections == 0


def test_410_ends_the_channel():
    result = answered(410)
    assert isinstance(result, Dead)
    assert (result.status, result.disable) == (410, True)


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ("120", 2 * MINUTE),
        ("0", 0),
        ("999999999999", 7 * DAY),
        (format_datetime(moment(NOON + HOUR), usegmt=True), HOUR),
        (format_datetime(moment(NOON - HOUR), usegmt=True), None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heard_where_it_makes_sense(status, asked, after):
    result = answered(Reply("", status, {"Retry-After": asked}))
    assert isinstance(result, Retry)
    assert result.after == after


def test_a_retry_after_date_counts_from_the_receivers_own_clock():
    headers = {
        "Date": format_datetime(moment(NOON + 3 * HOUR), usegmt=True),
        "Retry-After": format_datetime(moment(NOON + 4 * HOUR), usegmt=True),
    }
    assert answered(Reply("", 429, headers)).after == HOUR


def test_no_answer_is_tried_again():
    late = answered(Reply(b"x", delay=5), deadline=0.1)
    broken = answered(Raw([RESET]))
    noise = answered(Raw([b"noise\r\n\r\n"]))
    nobody = send("http://127.0.0.9:8001/hook")
    for result in (late, broken, noise, nobody):
        assert isinstance(result, Retry)
        assert result.status is None
        assert "WTC-NET-0" in result.reason


def test_an_answer_without_end_is_read_for_a_little_while():
    endless = Raw([b"HTTP/1.1 500 No\r\nContent-Length: 1073741824\r\n\r\n" + b"x " * 50_000])
    result = answered(endless)
    assert isinstance(result, Retry)
    assert len(result.reason) <= 220


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/hook",
        "http://169.254.169.254/latest",
        "http://2130706433/",
        "http://[::1]/",
    ],
)
def test_a_target_inside_is_refused_for_good(url):
    result = send(url)
    assert isinstance(result, Dead)
    assert not result.disable
    assert "WTC-NET" in result.reason


def test_what_may_be_posted_to_stands_in_a_list_of_its_own():
    with Site({"/hook": 204}) as site:
        assert isinstance(send(site.url("/hook"), allow=()), Dead)
        assert site.connections == 0


# -- secrets -------------------------------------------------------------------------------------


def key(size):
    return base64.b64encode(b"k" * size).decode()


@pytest.mark.parametrize(
    "secret",
    ["whsec_" + key(24), key(32), "whsec_" + key(64), f"  whsec_{key(40)}\n", key(25).rstrip("=")],
)
def test_a_key_is_24_to_64_bytes_in_base64(secret):
    seen = posted(secrets=(secret,))
    assert seen.header("webhook-signature").startswith("v1,")


BAD = ["", "whsec_", "hunter2", "whsec_hunter2", "whsec_" + key(23), "whsec_" + key(65)]
BAD += [
    "whsec_" + key(32)[:-4] + "hü==",
    "whsec_" + key(32)[:20] + " " + key(32)[20:],
    "whsk_" + key(32),
]


@pytest.mark.parametrize("secret", BAD)
def test_a_secret_that_is_no_key_is_a_config_error_that_does_not_repeat_it(secret):
    with pytest.raises(ConfigError) as caught:
        WebhookChannel("hook", "https://hook.example/", [NEW, secret], post=None)
    error = caught.value
    assert (error.code, error.exit_status) == ("WTC-CFG-021", 78)
    shown = f"{error!r} {error} {error.message} {error.hint} {error.__cause__} {error.__context__}"
    assert "channel hook" in error.message
    assert "whsec_" in error.hint
    assert len(secret) < 7 or secret not in shown


def test_a_channel_shows_no_key():
    channel = WebhookChannel("hook", "https://hook.example/", [NEW], post=None)
    assert NEW.removeprefix("whsec_") not in repr(channel) + repr(vars(channel))
    assert "new-key-" not in repr(vars(channel))


# -- in the form of other programs -----------------------------------------------------------------


def test_miniflux_receivers_find_their_keys_headers_and_signature():
    secret = "c4fdaf87900b72777cbe8e97d17b97a8"
    seen = posted(shape=Shape("miniflux"), secrets=(secret,))
    body = json.loads(seen.body)
    made = hmac.new(secret.encode(), seen.body, hashlib.sha256).hexdigest()
    assert seen.header("X-Miniflux-Signature") == made
    assert seen.header("X-Miniflux-Event-Type") == body["event_type"] == "new_entries"
    assert seen.header("webhook-id") == JOB.delivery.delivery
    assert seen.header("webhook-signature") is None
    assert list(body) == ["event_type", "feed", "entries"]
    assert set(body["feed"]) == set(
        "id user_id category_id category feed_url site_url title checked_at".split()
    )
    (entry,) = body["entries"]
    assert set(entry) == set(
        "id user_id feed_id status hash title url comments_url published_at created_at changed_at"
        " content author share_code starred reading_time enclosures tags".split()
    )
    item = json.loads(JOB.delivery.payload)["data"]["items"][0]
    assert (entry["title"], entry["url"]) == (item["title"], item["url"])
    assert entry["author"] == "مینا رستگار"
    assert entry["feed_id"] == body["feed"]["id"]
    assert 0 < entry["id"] < 2**53
    assert entry["content"].startswith("<p>پلیس بندر")
    again_ = json.loads(posted(shape=Shape("miniflux"), secrets=(secret,)).body)
    assert again_ == body


def test_a_key_that_is_one_signs_the_form_of_miniflux_too():
    seen = posted(shape=Shape("miniflux"), secrets=(NEW,))
    assert verify(NEW, seen)


def test_miniflux_is_never_sent_markup_of_a_publisher():
    one = job(payload(english(body="<script>alert(1)</script> quay\n\n<img src=x onerror=y>")))
    content = json.loads(posted(one, shape=Shape("miniflux"), secrets=()).body)["entries"][0]
    assert "<script" not in content["content"]
    assert "<img" not in content["content"]
    assert content["content"].count("<p>") == 2


@pytest.mark.parametrize("form", ["slack", "discord", "text"])
def test_other_forms_need_no_key_and_keep_the_id(form):
    seen = posted(shape=Shape(form), secrets=())
    assert seen.header("webhook-id") == JOB.delivery.delivery
    assert seen.header("webhook-signature") is None
    assert "اسکله" in seen.body.decode()
    if form == "text":
        assert seen.header("Content-Type") == "text/plain; charset=utf-8"
        assert not seen.body.startswith(b"{")
    else:
        assert next(iter(json.loads(seen.body))) == ("text" if form == "slack" else "content")


def test_what_a_template_makes_is_what_is_signed_and_sent():
    made = Template('{"title": {{ title | tojson }}, "for": {{ topic | tojson }}}')
    shape = Shape(template=made, headers={"authorization": "Bearer desk"})
    seen = posted(shape=shape)
    item = json.loads(JOB.delivery.payload)["data"]["items"][0]
    assert json.loads(seen.body) == {"title": item["title"], "for": "harbour-police"}
    assert verify(NEW, seen)
    assert seen.header("Authorization") == "Bearer desk"
    assert "Bearer desk" not in repr(shape)


def test_a_template_that_fails_ends_the_delivery_and_nothing_is_sent():
    made = Template("{% for a in text %}{% for b in text %}{{ a }}{% endfor %}{% endfor %}")
    one = job(payload(english(body="x" * 3_000)))
    with Site({"/hook": 204}) as site:
        result = send(site.url("/hook"), one, shape=Shape(template=made))
        assert site.requests == []
    assert isinstance(result, Dead)
    assert not result.disable
    assert "more than" in result.reason
