"""The composition root: what the settings say is what is wired, and nothing is left open."""

import asyncio
import gzip
import threading
from contextlib import closing, nullcontext

import pytest
from tests.support.site import Reply, Site

from watcher.app import open_app, open_reading
from watcher.config.load import load
from watcher.errors import (
    BusyError,
    ConfigError,
    ConfigErrors,
    InputError,
    NetworkError,
    StoreError,
    UsageError,
)
from watcher.model.page import Fetched, FetchFailed, FetchRequest
from watcher.model.when import DAY, HOUR, MINUTE, SECOND, rfc3339
from watcher.reading import Reading, read_source
from watcher.store.sqlite.store import open_store
from watcher.store.writer import WriterThread

NOON = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z
KEY = "whsec_" + "a2V5LWtleS1rZXkta2V5LWtleS1rZXkta2V5IQ=="


class Hand:
    """A clock that stands where it was put, and a journal that nobody reads."""

    def __init__(self, at=NOON):
        self.at = at

    def now(self):
        return self.at

    def note(self, event, **facts):
        pass


@pytest.fixture
def config(tmp_path):
    """Writes config.yaml and reads it."""
    (tmp_path / "hook.secret").write_text(KEY)

    def write(text):
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return write


def using(settings, work=None, *, at=NOON, starts_at=None):
    """Opens the app, lets `work` (a coroutine function) have it, and closes it."""
    hand = Hand(at)

    async def go():
        async with open_app(settings, hand, hand, starts_at=starts_at) as app:
            return None if work is None else await work(app)

    return asyncio.run(go())


# -- what stands in the way ----------------------------------------------------------------------

HOOK = "channels: {hook: {type: webhook, url: https://h.example/, secret: [SECRET]}}\n"
DESK = "channels: {desk: {type: email, to: [a@desk.example]}}\n"
MAIL = "email: {sender: w@desk.example, user: w, password: {file: none.secret}}\n"


@pytest.mark.parametrize(
    ("text", "code", "names"),
    [
        (HOOK.replace("SECRET", "{file: none.secret}"), "WTC-CFG-020", "{file: none.secret}"),
        (HOOK.replace("SECRET", "{file: hook.secret}, {env: NONE}"), "WTC-CFG-020", "{env: NONE}"),
        (HOOK.replace("SECRET", "{credential: none}"), "WTC-CFG-020", "{credential: none}"),
        (HOOK.replace("SECRET", "{file: config.yaml}"), "WTC-CFG-021", "channel hook"),
        (DESK + MAIL, "WTC-CFG-020", "{file: none.secret}"),
    ],
)
def test_a_secret_that_cannot_be_read_ends_the_start_and_leaves_the_database_free(
    config, monkeypatch, text, code, names
):
    for name in ("NONE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    settings = config(text)
    with pytest.raises(ConfigError) as caught:
        using(settings)
    assert (caught.value.code, caught.value.exit_status) == (code, 78)
    assert names in caught.value.message
    open_store(settings.database).close()


def test_a_password_that_no_channel_needs_is_not_asked_for(config):
    using(config(MAIL))


def test_a_clock_that_would_start_before_the_last_stored_moment_is_refused(config):
    settings = config("feeds: ['http://127.0.0.1:1/feed']")

    async def poll(app):  # the guard refuses, and that is stored
        return await app.works.once()

    assert using(settings, poll).polls == 1
    for early in (NOON - 1, NOON - DAY):
        with pytest.raises(UsageError) as caught:
            using(settings, at=early, starts_at=early)
        error = caught.value
        assert (error.code, error.exit_status) == ("WTC-USE-005", 2)
        assert rfc3339(early) in error.message
        assert rfc3339(NOON) in error.message
    for later in (NOON, NOON + HOUR):
        using(settings, at=later, starts_at=later)


def test_a_first_start_may_be_at_any_time(config):
    using(config(""), at=SECOND, starts_at=SECOND)


def test_a_second_opener_is_told_that_the_database_is_taken(config):
    settings = config("")

    async def second(app):
        hand = Hand()
        with pytest.raises(BusyError) as caught:
            async with open_app(settings, hand, hand):
                pass
        assert caught.value.exit_status == 75
        return await app.desk.store.run(lambda store: store.next_due())

    assert using(settings, second) is None


def test_the_lock_is_free_after_a_failure_inside(config):
    settings = config("")

    async def fail(app):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        using(settings, fail)
    using(settings)


def test_a_database_in_a_folder_that_is_not_there_is_a_store_error(config):
    with pytest.raises(StoreError):
        using(config("database: none/watcher.db"))


def test_leases_of_a_process_that_is_gone_end_at_the_start(config):
    settings = config("feeds: [https://a.example/feed]")

    async def claim(app):
        def call(store):
            return store.claim_feeds(NOON, NOON + HOUR, "token", 10)

        first = await app.desk.store.run(call)
        return len(first), len(await app.desk.store.run(call))

    assert using(settings, claim) == (1, 0)
    assert using(settings, claim) == (1, 0)


# -- what is wired -------------------------------------------------------------------------------


def test_the_stages_get_what_the_config_says(config):
    settings = config(
        """\
poll: {every: 2h, floor: 30m, cap: 2d}
scrape: {patience: 5m}
alerts: {backlog: 3d}
feeds: [{url: https://a.example/feed, title: Kronika e Bregut}]
outlets: {B.example: {name: Buletini, aka: [BIRN]}}
aliases: {port: [harbour]}
topics: {t: '@port', u: {query: quay, channels: [desk]}}
channels:
  desk: {type: email, to: [a@desk.example]}
  hook: {type: webhook, url: https://h.example/, secret: {file: hook.secret}}
email: {sender: w@desk.example}
"""
    )

    async def look(app):
        return app.desk

    desk = using(settings, look)
    cadence, backlog = desk.cadence, desk.alerts.backlog
    assert (cadence.every, cadence.floor, cadence.cap) == (2 * HOUR, 30 * MINUTE, 2 * DAY)
    assert (desk.scrape.patience, backlog) == (5 * MINUTE, 3 * DAY)
    assert {name: channel.kind for name, channel in desk.channels.items()} == {
        "desk": "email",
        "hook": "webhook",
    }
    assert list(desk.topics.specs) == ["t", "u"]
    assert desk.outlets.by_domain == {"b.example": "Buletini"}
    assert desk.outlets.by_name == {
        "kronikaebregut": "Kronika e Bregut",
        "buletini": "Buletini",
        "birn": "Buletini",
    }
    assert desk.instance
    assert all(-1 <= desk.spread() <= 1 for _ in range(20))
    with closing(open_reading(settings.database)) as reader:
        assert [row.url for row in reader.feeds(limit=9).items] == ["https://a.example/feed"]
        versions = {row.topic: row.version for row in reader.topics(now=NOON, limit=9).items}
    assert versions == {"t": 1, "u": 1}


def test_a_topic_with_a_new_meaning_is_a_new_version(config):
    def versions(text):
        settings = config(text)
        using(settings)
        with closing(open_reading(settings.database)) as reader:
            return {row.topic: row.version for row in reader.topics(now=NOON, limit=9).items}

    assert versions("topics: {t: quay, u: raid}") == {"t": 1, "u": 1}
    assert versions("topics: {t: quay AND ship, u: ' raid '}") == {"t": 2, "u": 1}


def test_fetching_knows_its_limits_and_who_it_is(config):
    with Site({"/small": b"x" * 900, "/large": b"x" * 1100}) as site:
        settings = config(
            "net: {allow: [127.0.0.1], contact: https://desk.example/bot, max_body: 1kB, gap: 0s}"
        )

        async def fetch(app):
            urls = [site.url("/small"), site.url("/large")]
            return [await app.desk.fetcher.fetch(FetchRequest(url, "feed")) for url in urls]

        small, large = using(settings, fetch)
        agent = site.requests[0].header("User-Agent")
    assert isinstance(small, Fetched)
    assert isinstance(large, FetchFailed)
    assert agent.startswith("watcher/")
    assert "(+https://desk.example/bot)" in agent


def test_who_may_be_fetched_and_who_may_be_posted_to_are_two_lists(config):
    with Site({"/": b"x"}) as site:
        for net, reached in [
            ("allow: [127.0.0.1], ports: [1024-65535]", (True, False)),
            ("allow_post: [127.0.0.1], ports: [1024-65535]", (False, True)),
        ]:
            hook = HOOK.replace("SECRET", "{file: hook.secret}")
            settings = config(f"net: {{{net}}}\n{hook}")

            async def both(app):
                fetched = await app.desk.fetcher.fetch(FetchRequest(site.url(), "feed"))
                answer = await app.desk.channels["hook"]._post.post(site.url(), b"{}", {})
                return isinstance(fetched, Fetched), answer.status == 200

            assert using(settings, both) == reached


def test_reload_takes_over_the_feeds_of_the_file_or_nothing(config, tmp_path):
    settings = config("feeds: [https://a.example/feed]")
    path = tmp_path / "config.yaml"

    async def reload(app):
        path.write_text("feeds: [https://a.example/feed, https://b.example/feed]")
        both = await app.reload_feeds()
        path.write_text("feeds: [https://c.example/feed]\nfeds: []")
        with pytest.raises(ConfigErrors):
            await app.reload_feeds()
        return both

    assert using(settings, reload) == ["https://a.example/feed", "https://b.example/feed"]
    with closing(open_reading(settings.database)) as reader:
        urls = {row.url for row in reader.feeds(limit=9).items if row.state != "retired"}
    assert urls == {"https://a.example/feed", "https://b.example/feed"}


# -- the writer's thread -------------------------------------------------------------------------


class Shelf:
    """Notes on which thread it is called."""

    def __init__(self, log):
        self.log = log
        self.log.append(("open", threading.get_ident()))

    def together(self):
        return nullcontext()

    def close(self):
        self.log.append(("close", threading.get_ident()))


def test_the_store_lives_on_one_thread_from_opening_to_closing():
    log = []
    writer = WriterThread(lambda: Shelf(log))

    async def go():
        calls = (writer.run(lambda store: threading.get_ident()) for _ in range(8))
        return set(await asyncio.gather(*calls))

    threads = asyncio.run(go())
    writer.close()
    assert [event for event, _ in log] == ["open", "close"]
    assert {thread for _, thread in log} == threads
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_a_store_that_was_never_opened_is_never_closed():
    log = []
    WriterThread(lambda: Shelf(log)).close()
    assert log == []


# -- reading without storing ---------------------------------------------------------------------

RSS = (
    "<rss version='2.0'><channel><title>Kronika</title>"
    "<item><title>Quay closed</title><link>https://a.example/quay</link></item></channel></rss>"
)
PAGE = (
    "<html lang=en><head><title>Quay closed</title></head><body><article><h1>Quay closed</h1>"
    + "<p>Officers of the port police closed the northern quay and asked for papers.</p>" * 8
    + "<p>By Mira Dhima – TiranaDesk</p></article></body></html>"
)


def test_a_feed_and_a_page_are_read_from_files_and_addresses_alike(config, tmp_path):
    settings = config(
        "net: {allow: [127.0.0.1], gap: 0s}\noutlets: {t.example: {name: Tirana Desk}}"
    )
    (tmp_path / "feed.xml").write_text(RSS)
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    routes = {"/feed": Reply(RSS, type="application/rss+xml"), "/page": PAGE}
    with Site(routes) as site, Reading(settings) as reading:
        feeds = [reading.feed(str(tmp_path / "feed.xml"), None)]
        feeds.append(reading.feed(site.url("/feed"), None))
        pages = [reading.page(str(tmp_path / "page.html.gz"), "https://a.example/quay")]
        pages.append(reading.page(site.url("/page"), None))
        with pytest.raises(NetworkError):
            reading.feed(site.url("/none"), None)
        with pytest.raises(InputError):
            reading.feed(str(tmp_path / "page.html.gz"), None)
    assert [feed.title for feed in feeds] == ["Kronika", "Kronika"]
    assert [page.title for page in pages] == ["Quay closed", "Quay closed"]
    assert [page.credit and page.credit.known for page in pages] == ["Tirana Desk"] * 2
    assert not settings.database.exists()


def test_the_bytes_of_a_source(tmp_path, monkeypatch):
    plain, packed, broken = tmp_path / "a", tmp_path / "b", tmp_path / "c.gz"
    plain.write_bytes(b"words")
    packed.write_bytes(gzip.compress(b"words"))
    broken.write_bytes(gzip.compress(b"words" * 99)[:-9])
    assert read_source(str(plain)) == read_source(str(packed)) == b"words"
    with packed.open() as standard_input:
        monkeypatch.setattr("sys.stdin", standard_input)
        assert read_source("-") == b"words"
    for source, code in [(broken, "WTC-IN-003"), (tmp_path, "WTC-IN-002"), ("none", "WTC-IN-002")]:
        with pytest.raises(InputError) as caught:
            read_source(str(source))
        assert caught.value.code == code


# -- feeds with settings of their own ------------------------------------------------------------

OWN = """
net: {allow: [127.0.0.1], gap: 0s}
poll: {floor: 1s}
feeds:
  - url: URL
    headers: {X-Key: {file: feed.secret}}
"""


def feed_of(*links):
    items = "".join(
        f"<item><title>Item {link}</title><link>{link}</link><guid>{link}</guid></item>"
        for link in links
    )
    feed = f'<rss version="2.0"><channel><title>Paid</title>{items}</channel></rss>'
    return Reply(feed, type="application/rss+xml")


def test_a_feed_and_the_pages_of_its_origin_get_its_headers_and_nobody_else(config, tmp_path):
    (tmp_path / "feed.secret").write_text("key-of-the-desk")
    with Site({"/page": "<p>other</p>"}) as other, Site({"/page": "<p>own</p>"}) as site:
        site.routes["/feed"] = feed_of(site.url("/page"), other.url("/page"))
        using(config(OWN.replace("URL", site.url("/feed"))), lambda app: app.works.once())
        assert {seen.path for seen in site.requests} == {"/feed", "/robots.txt", "/page"}
        assert {seen.header("X-Key") for seen in site.requests} == {"key-of-the-desk"}
        assert {seen.path for seen in other.requests} == {"/robots.txt", "/page"}
        assert {seen.header("X-Key") for seen in other.requests} == {None}
    for path in tmp_path.glob("watcher.db*"):
        assert b"key-of-the-desk" not in path.read_bytes()


def test_a_feed_whose_secret_cannot_be_read_ends_the_start_and_says_so_itself(config, tmp_path):
    with Site({"/feed": feed_of()}) as site:
        settings = config(OWN.replace("URL", site.url("/feed")))
        with pytest.raises(ConfigErrors) as caught:
            using(settings)
        assert caught.value.exit_status == 78
        assert [one.code for one in caught.value.problems] == ["WTC-CFG-020"]
        with closing(open_reading(settings.database)) as reader:
            row = reader.feed(site.url("/feed"))
            assert row.error_code == "WTC-CFG-020"
            assert "{file: feed.secret}" in row.error_message
            assert "not polled" in row.why
        assert site.requests == []

        (tmp_path / "feed.secret").write_text("key-of-the-desk")
        using(settings, lambda app: app.works.once())
        with closing(open_reading(settings.database)) as reader:
            assert reader.feed(site.url("/feed")).error_code is None


def test_a_reload_takes_over_new_settings_or_none_at_all(config, tmp_path):
    (tmp_path / "feed.secret").write_text("first")
    with Site({"/feed": feed_of()}) as site:
        settings = config(OWN.replace("URL", site.url("/feed")))

        async def work(app):
            (feed,) = app.desk.access
            (tmp_path / "feed.secret").unlink()
            with pytest.raises(ConfigErrors):
                await app.reload_feeds()
            before = app.desk.access[feed].headers
            (tmp_path / "feed.secret").write_text("second")
            await app.reload_feeds()
            return before, app.desk.access[feed].headers

        before, after = using(settings, work)
    assert (before, after) == ((("X-Key", "first"),), (("X-Key", "second"),))


def test_a_command_that_reads_a_configured_feed_asks_as_configured(config, tmp_path):
    (tmp_path / "feed.secret").write_text("key-of-the-desk")
    with Site({"/feed": feed_of(), "/other": feed_of()}) as site:
        with Reading(config(OWN.replace("URL", site.url("/feed")))) as reading:
            reading.feed(site.url("/feed"), None)
            reading.feed(site.url("/other"), None)
        assert [seen.header("X-Key") for seen in site.requests] == ["key-of-the-desk", None]
