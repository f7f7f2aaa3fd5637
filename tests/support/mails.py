"""Match payloads as the pipeline makes them, and their deliveries: for tests of what is sent.

`english()` and `persian()` are two whole articles; keyword arguments change their text.
"""

import json
from dataclasses import replace

from tests.support.records import NOON, captions, draft, exact, member

from watcher.alerts.payload import Source, build
from watcher.model.alert import Alert, Delivery, DeliveryJob, PlaceView
from watcher.model.article import Credit, Link, Outlet
from watcher.model.ids import alert_id, delivery_id
from watcher.model.story import Placement, Standing
from watcher.model.topic import Match, TopicSpec
from watcher.model.when import HOUR, MINUTE
from watcher.topics.document import Document
from watcher.topics.match import Matcher
from watcher.topics.parse import parse_query

ENGLISH = """\
Officers of the port police closed the northern quay of Durrës at six in the morning and asked \
crews to show their papers. Nobody was arrested. “We look for goods, not for people,” said a \
spokeswoman, who gave no further reason.

The quay had been rented by a company that nobody in the harbour had heard of before last spring. \
Its office in Tirana has been shut since Monday, and its telephone rings in an empty room.

The port police expect to open the quay again on Thursday, once 3.5 tonnes of paper have been read.
"""

PERSIAN = """\
پلیس بندر بامداد سه‌شنبه اسکله شمالی دورس را بست و از خدمه کشتی‌ها خواست مدارک خود را نشان دهند. \
کسی بازداشت نشد و سخنگوی پلیس گفت که آن‌ها به دنبال کالا هستند نه آدم‌ها.

این اسکله را بهار گذشته شرکتی اجاره کرد که هیچ‌کس در بندر نامش را نشنیده بود. دفتر آن در تیرانا \
از دوشنبه بسته است.

پلیس بندر امیدوار است اسکله روز پنجشنبه باز شود.
"""

ALIASES = {"harbour": ["Durrës", "دورس", "quay", "اسکله"]}
QUERY = '@harbour AND (police OR پلیس OR "port police")'


def english(**rest):
    outlet = Outlet("kronika.example", "Kronika e Bregut")
    facts = {
        "body": ENGLISH.strip(),
        "title": "Police close the northern quay of Durrës",
        "standfirst": "Crews were asked for their papers; nobody was arrested.",
        "byline": ("Mira Dhima", "Arben Kola"),
        "published": exact(NOON - 47 * MINUTE, "2026-03-10T12:13:00+01:00"),
        "captions": captions("Police at the gate of the quay, seen from the ferry"),
        "credit": Credit("Tirana Desk", "By Mira Dhima – Tirana Desk", known="The Tirana Desk"),
        "links": (
            Link("https://kronika.example/quay", "Who rents the quay?", "related"),
            Link("https://kronika.example/ferry", "Ferries wait outside", "related"),
            Link("https://kronika.example/about", "About us", "navigation"),
        ),
    }
    return draft("kronika", outlet=outlet, **{**facts, **rest})


def persian(**rest):
    outlet = Outlet("negah.example", "نگاه نو")
    facts = {
        "body": PERSIAN.strip(),
        "title": "پلیس اسکله شمالی بندر دورس را بست",
        "byline": ("مینا رستگار",),
        "language": "fa",
        "published": exact(NOON - 3 * HOUR, "2026-03-10T12:30:00+03:30"),
        "captions": captions("پلیس در برابر دروازه اسکله، عکس از روی کشتی"),
        "links": (
            Link("https://negah.example/asbab", "چه کسی اسکله را اجاره کرد؟", "related"),
            Link("https://negah.example/kashti", "کشتی‌ها بیرون بندر ماندند", "related"),
        ),
    }
    return draft("negah", outlet=outlet, **{**facts, **rest})


def payload(made=None, *, query=QUERY, topic="harbour-police", channel="desk", **rest):
    """The payload of the alert that `query` raises on `made`, as a dict. It does not matter here
    whether the query matches."""
    made = made or english()
    asked = parse_query(query, ALIASES)
    spec = TopicSpec(topic, query, asked.meaning)
    found = Matcher([spec], {topic: asked}, {topic: 3}).match(Document.of(made.text))
    clause, spans = (found[0].clause, found[0].spans) if found else ("", ())
    revision = rest.pop("revision", 1)
    ident = alert_id(topic, "match", made.article, revision)
    at = made.seen_at + 2 * MINUTE
    raised = Alert(ident, "match", topic, 3, "s_1", made.article, revision, "raised", clause, at)
    facts = {
        "delivery": delivery_id(ident, channel),
        "alert": raised,
        "match": Match(topic, 3, made.article, revision, clause, spans),
        "topic": spec,
        "draft": made,
        "placement": Placement("s_1", True, Standing(made.article, "original")),
        "view": PlaceView(None, (), {}, {}, {}),
        "source": Source("f_1", "Kronika", "https://kronika.example/feed"),
        "instance": "newsdesk",
    }
    return json.loads(build(**{**facts, **rest}))


def copied(made=None):
    """Keyword arguments of `payload` for an article that copies another in its story."""
    made = made or english()
    first = draft("tirana", title="Quay closed", outlet=Outlet("tirana.example", "The Tirana Desk"))
    third = draft("other", title="Hafen zu", outlet=Outlet("hafen.example", "Hafenpost"))
    standing = Standing(made.article, "copy", "same", first.article, 0.97)
    view = PlaceView(None, (), {}, {}, {"s_1": (member(first), member(third, role="report"))})
    return {"placement": Placement("s_1", False, standing), "view": view}


def job(shape=None, *, channel="desk", attempts=0, first_in_thread=None):
    shape = shape or payload()
    text = json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
    facts = shape["data"]["_watcher"]
    delivery = Delivery(
        delivery=shape["id"],
        alert=facts["alert"],
        topic=facts["topic"]["name"],
        story=shape["data"]["items"][0]["_watcher"]["story"]["id"],
        channel=channel,
        payload=text,
        due_at=NOON,
    )
    return DeliveryJob(delivery, "token", attempts, NOON, first_in_thread)


def again(one, number):
    """The same delivery at a later try."""
    return replace(one, token=f"token-{number}", attempts=number)
