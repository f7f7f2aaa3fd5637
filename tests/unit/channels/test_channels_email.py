"""Mail over SMTP, against a real receiver."""

import asyncio
import json
import socket
from email import message_from_bytes
from email.policy import default as default_policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.mails import again, copied, english, job, payload, persian
from tests.support.records import NOON
from tests.support.site import RESET, Raw, Site
from tests.unit.channels.conftest import LOST, MailServer

from watcher.alerts.render import mail
from watcher.channels import session
from watcher.channels.email import EmailChannel, mail_bytes
from watcher.channels.session import MailLine
from watcher.model.alert import Dead, Receipt, Retry
from watcher.model.when import DAY

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")

SENDER = "watcher@desk.example"
TO = ("a@desk.example", "b@desk.example")
JOB = job(payload())


def send(port, one=JOB, *, to=TO, security="none", user="", password=None):
    line = MailLine("127.0.0.1", port, security, user, password, SENDER)
    return asyncio.run(EmailChannel("desk", to, line).send(one, NOON))


# -- what comes of a try -------------------------------------------------------------------------


def test_a_mail_arrives_once_for_all_its_addresses():
    with MailServer() as server:
        result = send(server.port)
    assert isinstance(result, Receipt)
    assert result.status == 250
    assert server.recipients == [list(TO)]
    assert server.mails == [mail_bytes(JOB, SENDER, TO)]
    assert server.sessions == [(False, None)]


def test_every_try_sends_the_same_bytes_and_none_is_doubled_by_us():
    with MailServer(data=["451 later", "421 busy", "250 OK"]) as server:
        results = [send(server.port, again(JOB, number)) for number in range(3)]
    assert [type(one) for one in results] == [Retry, Retry, Receipt]
    assert len(server.mails) == 3
    assert len(set(server.mails)) == 1


@pytest.mark.parametrize(
    ("script", "kind", "status"),
    [
        ({"data": ["450 mailbox busy"]}, Retry, 450),
        ({"data": ["452 disk full"]}, Retry, 452),
        ({"data": ["550 spam"]}, Dead, 550),
        ({"data": ["554 no"]}, Dead, 554),
        ({"mail": "550 sender unknown"}, Retry, 550),
        ({"mail": "451 later"}, Retry, 451),
        ({"rcpt": dict.fromkeys(TO, "550 unknown")}, Dead, 550),
        ({"rcpt": dict.fromkeys(TO, "451 greylisted")}, Retry, 451),
        ({"rcpt": {TO[0]: "550 unknown", TO[1]: "451 greylisted"}}, Retry, 451),
        ({"rcpt": {TO[0]: "451 greylisted", TO[1]: "552 full"}}, Retry, 451),
    ],
)
def test_what_the_server_refuses_for_now_is_tried_again_and_for_good_is_not(script, kind, status):
    with MailServer(**script) as server:
        result = send(server.port)
    assert isinstance(result, kind)
    assert result.status == status
    answers = [script.get("mail", "-"), *script.get("data", ()), *script.get("rcpt", {}).values()]
    assert any(answer[4:] in result.reason for answer in answers)


def test_where_some_addresses_are_refused_the_others_have_it_and_it_is_done():
    with MailServer(rcpt={TO[0]: "550 unknown"}) as server:
        result = send(server.port)
    assert isinstance(result, Receipt)
    assert f"refused: {TO[0]} (550)" in result.detail
    assert server.recipients == [[TO[1]]]


def test_a_reply_lost_after_data_is_tried_again_with_the_same_mail():
    with MailServer(data=[LOST, "250 OK"]) as server:
        first, second = send(server.port), send(server.port, again(JOB, 1))
    assert isinstance(first, Retry)
    assert isinstance(second, Receipt)
    assert server.mails[0] == server.mails[1]


def test_a_server_that_is_not_there_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = send(port)
    assert isinstance(result, Retry)
    assert f"127.0.0.1:{port}" in result.reason


@pytest.mark.parametrize(
    ("greeting", "status"),
    [
        ([b"421 too many connections\r\n"], 421),
        ([b"554 go away\r\n"], 554),
        ([RESET], None),
        ([], None),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], None),
        ([b"220 " + b"x" * 100_000], None),
    ],
)
def test_a_server_that_does_not_let_us_in_is_tried_again(greeting, status):
    with Site(greet=Raw(greeting)) as site:
        result = send(site.port)
    assert isinstance(result, Retry)
    assert result.status == status
    assert len(result.reason) <= 300


@pytest.mark.parametrize("greeting", [[5], [b"220 hello\r\n", 5]])
def test_a_server_that_says_nothing_is_tried_again(greeting, monkeypatch):
    monkeypatch.setattr(session, "TIMEOUT", 0.1)
    with Site(greet=Raw(greeting)) as site:
        result = send(site.port)
    assert isinstance(result, Retry)
    assert "imeout" in result.reason


# -- one connection for a batch ------------------------------------------------------------------


def batch(server, count, *, pause=0.0, **rest):
    line = MailLine("127.0.0.1", server.port, "none", "", None, SENDER)
    channel = EmailChannel("desk", TO, line)

    async def go():
        results = []
        for _ in range(count):
            results.append(await channel.send(JOB, NOON))
            await asyncio.sleep(pause)
        await channel.close()
        return results

    return asyncio.run(go())


def test_mails_that_follow_each_other_share_a_connection():
    with MailServer() as server:
        results = batch(server, 5)
    assert all(isinstance(one, Receipt) for one in results)
    assert len(set(server.peers)) == 1
    assert len(server.mails) == 5


def test_mails_at_the_same_time_share_it_too_and_never_mix():
    with MailServer() as server:
        line = MailLine("127.0.0.1", server.port, "none", "", None, SENDER)
        channel = EmailChannel("desk", TO, line)
        jobs = [job(payload(english(title=f"Quay {n}"))) for n in range(8)]

        async def go():
            await asyncio.gather(*(channel.send(one, NOON) for one in jobs))
            await channel.close()

        asyncio.run(go())
    assert len(set(server.peers)) == 1
    assert sorted(server.mails) == sorted(mail_bytes(one, SENDER, TO) for one in jobs)


def test_a_connection_carries_no_more_than_a_batch(monkeypatch):
    monkeypatch.setattr(session, "BATCH", 2)
    with MailServer() as server:
        batch(server, 5)
    assert [len(set(server.peers[:n])) for n in range(1, 6)] == [1, 1, 2, 2, 3]


def test_a_connection_that_the_server_closed_meanwhile_costs_no_try():
    with MailServer() as server:
        server.hang_up = True
        results = batch(server, 3, pause=0.1)
    assert all(isinstance(one, Receipt) for one in results)
    assert len(set(server.peers)) == 3
    assert len(server.mails) == 3


def test_after_a_reply_that_was_lost_the_next_mail_has_a_connection_of_its_own():
    with MailServer(data=[LOST, "250 OK"]) as server:
        results = batch(server, 2)
    assert [type(one) for one in results] == [Retry, Receipt]
    assert len(set(server.peers)) == 2


def test_a_mail_that_was_refused_does_not_end_the_connection_for_others():
    with MailServer(data=["550 spam", "452 full", "250 OK"]) as server:
        results = batch(server, 3)
    assert [type(one) for one in results] == [Dead, Retry, Receipt]
    assert len(set(server.peers)) == 1


def test_no_connection_stays_open_for_long(monkeypatch):
    monkeypatch.setattr(session, "IDLE", 0.02)
    with MailServer() as server:
        results = batch(server, 2, pause=0.3)
    assert all(isinstance(one, Receipt) for one in results)
    assert len(set(server.peers)) == 2


# -- security ------------------------------------------------------------------------------------


def test_starttls(server_tls, trusted):
    with MailServer(tls_context=server_tls) as server:
        result = send(server.port, security="starttls")
    assert isinstance(result, Receipt)
    assert server.sessions == [(True, None)]


def test_tls_from_the_first_byte(server_tls, trusted):
    with MailServer(ssl_context=server_tls) as server:
        result = send(server.port, security="tls")
    assert isinstance(result, Receipt)
    assert server.mails == [mail_bytes(JOB, SENDER, TO)]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_signed_gets_nothing(server_tls, monkeypatch, security):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    way = "ssl_context" if security == "tls" else "tls_context"
    with MailServer(**{way: server_tls}, password="hunter2") as server:
        result = send(server.port, security=security, user="desk", password="hunter2")
    assert isinstance(result, Retry)
    assert "certificate" in result.reason.lower()
    assert server.mails == []


def test_starttls_that_is_not_offered_never_falls_back_to_plain():
    with MailServer(password="hunter2") as server:
        result = send(server.port, security="starttls", user="desk", password="hunter2")
    assert isinstance(result, Retry)
    assert "STARTTLS" in result.reason
    assert server.mails == []


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_login(server_tls, trusted, security):
    ways = {"starttls": {"tls_context": server_tls}, "tls": {"ssl_context": server_tls}}
    with MailServer(password="pässword", **ways.get(security, {})) as server:
        result = send(server.port, security=security, user="desk", password="pässword")
    assert isinstance(result, Receipt)
    assert [user for _, user in server.sessions] == ["desk"]


def test_a_wrong_password_is_ours_to_mend_and_is_never_shown():
    with MailServer(password="right") as server:
        result = send(server.port, user="desk", password="hunter2")
        nobody = send(server.port)
    assert isinstance(result, Retry)
    assert "refuses the login: 535" in result.reason
    assert "hunter2" not in repr(result)
    assert isinstance(nobody, Retry)
    assert nobody.status == 530
    assert server.mails == []


def test_the_way_to_the_server_shows_no_password():
    line = MailLine("mail.example", 25, "none", "desk", "hunter2", SENDER)
    assert "hunter2" not in repr(line)
    assert "hunter2" not in repr(EmailChannel("desk", TO, line))


# -- the mail itself -----------------------------------------------------------------------------


def parsed(one=JOB, to=TO):
    message = message_from_bytes(mail_bytes(one, SENDER, to), policy=default_policy)
    assert not message.defects
    return message


def text_of(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_the_headers_of_a_mail():
    message = parsed()
    shape = payload()
    ident = shape["id"]
    item = shape["data"]["items"][0]
    assert dict(message.items()) == {
        "From": "watcher <watcher@desk.example>",
        "To": "a@desk.example, b@desk.example",
        "Subject": f"[harbour-police] {item['title']} — Kronika e Bregut",
        "Date": "Tue, 10 Mar 2026 12:02:00 +0000",
        "Message-ID": f"<{ident}@desk.example>",
        "List-Unsubscribe": "<mailto:watcher@desk.example?subject=unsubscribe>",
        "List-Id": "<harbour-police.newsdesk>",
        "Auto-Submitted": "auto-generated",
        "X-Watcher-Topic": "harbour-police",
        "X-Watcher-Alert": shape["data"]["_watcher"]["alert"],
        "X-Watcher-Story": "s_1",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="={ident}="',
    }
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert all(part["MIME-Version"] is None for part in message.iter_parts())


def test_later_mails_of_a_story_refer_to_its_first():
    later = parsed(job(payload(), first_in_thread="d_first"))
    assert later["References"] == later["In-Reply-To"] == "<d_first@desk.example>"
    ident = payload()["id"]
    for first in (None, ident):
        message = parsed(job(payload(), first_in_thread=first))
        assert (message["References"], message["In-Reply-To"]) == (None, None)


def test_a_mail_is_dated_when_it_was_raised_and_not_when_it_is_sent():
    with MailServer() as server:
        line = MailLine("127.0.0.1", server.port, "none", "", None, SENDER)
        asyncio.run(EmailChannel("desk", TO, line).send(JOB, NOON + 3 * DAY))
    assert server.parsed[0]["Date"] == "Tue, 10 Mar 2026 12:02:00 +0000"


def test_many_addresses_stand_on_lines_of_their_own():
    to = [f"reader-number-{n}@desk.example" for n in range(60)]
    raw = mail_bytes(JOB, SENDER, to)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert [one.addr_spec for one in parsed(to=to)["To"].addresses] == to


@pytest.mark.parametrize("made", [english(), persian(), english(body="x" * 5000)])
def test_both_parts_come_through_whole(made):
    shape = payload(made, **copied(made))
    message = parsed(job(shape))
    words = mail(shape)
    assert str(message["Subject"]) == words.subject
    assert text_of(message, "plain") == words.text
    assert text_of(message, "html") == words.html + "\n"


def odd(title, outlet="Kronika"):
    shape = json.loads(json.dumps(payload()))
    item = shape["data"]["items"][0]
    item["title"], item["_watcher"]["outlet"]["name"] = title, outlet
    return shape


NASTY = {
    "line breaks": "Quay closed\r\nBcc: evil@x.example\r\n\r\nHello",
    "a lone line feed": "Quay\nBcc: evil@x.example",
    "NUL": "Quay \0 closed",
    "C1 controls": "Quay \x85closed\x9b31m",
    "line separators": "Quay\u2028closed\u2029now",
    "an override of direction": "Quay \u202egnp.exe closed\u202c \u2066x\u2069",
    "an encoded word": "=?utf-8?q?a=0D=0ABcc:_evil@x.example=0D=0A=0D=0Ab?= quay",
    "an encoded word alone": "=?utf-8?b?aGk=?=",
    "half a character": "Quay \ud83d closed",
    "emoji": "Quay 👩‍🚒🇦🇱 closed 😀",
    "Persian": "پلیس اسکله شمالی بندر دورس را بست؛ کشتی‌ها ماندند",
    "long words": "quay" * 300,
    "blanks between other letters": "é á í ó ú " * 12,
    "quotes and commas": 'Quay, "closed"; <b>now</b> (why?) \\ [x]: @y',
    "nothing": "",
}


@pytest.mark.parametrize("outlet", ["Kronika", ""])
@pytest.mark.parametrize("title", NASTY.values(), ids=NASTY.keys())
def test_no_headline_bends_the_headers(title, outlet):
    shape = odd(title, outlet)
    raw = mail_bytes(job(shape), SENDER, TO)
    message = message_from_bytes(raw, policy=default_policy)
    assert list(message.keys()) == list(parsed().keys())
    subject = str(message["Subject"])
    assert subject == mail(shape).subject
    assert len(subject) <= 200
    assert subject.isprintable() or "\u200d" in subject or "\u200c" in subject
    assert b"\0" not in raw
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))
    assert "Bcc" not in message


@given(
    st.text(st.characters(exclude_categories=())) | st.text('aé =?_b\r\n\0\u202e,;<>"@[]😀پ.-'),
    st.text(max_size=80),
)
def test_any_headline_comes_through_as_it_was_cleaned(title, outlet):
    shape = odd(title, outlet)
    raw = mail_bytes(job(shape), SENDER, TO)
    message = message_from_bytes(raw, policy=default_policy)
    words = mail(shape)
    assert not message.defects
    assert str(message["Subject"]) == words.subject
    assert len(message.keys()) == 13
    assert text_of(message, "plain") == words.text
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert mail_bytes(job(shape), SENDER, TO) == raw
