"""The keys of config.yaml (spec `interfaces`) as pydantic models. What has no effect is no key."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from watcher.config.access import AuthModel, CookieName, HeaderName, ProxyModel, UserAgent
from watcher.config.base import Model, Name, SecretModel, SentText
from watcher.config.channels import ChannelModel
from watcher.config.recipes import Host, PageModel, RecipeModel
from watcher.config.values import (
    DURATION,
    Contact,
    Database,
    Duration,
    Instant,
    Listen,
    MailAddress,
    Ports,
    PrivateHost,
    Quota,
    QuotaText,
    Size,
    Unfit,
    duration,
    written_duration,
)
from watcher.config.ways import WayModel, Zone
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

ScrapeMode = Literal["all", "matched", "never"]
RecheckMode = Literal["matched", "all", "never"]
TellWord = Literal[
    "first", "outlet", "copy", "original", "revision", "withdrawal", "burst", "silence"
]
IdentityPolicy = Literal["auto", "guid", "link", "hash"]


class Net(Model):
    """What may be fetched, and how politely."""

    contact: Contact | None = None
    """An address that leads to you; it goes into the user agent."""
    allow: tuple[PrivateHost, ...] = ()
    """Private hosts, networks or host:port that may be fetched, on any port."""
    allow_post: tuple[PrivateHost, ...] = ()
    """The same for webhooks."""
    ports: Ports = ((80, 80), (443, 443), (8000, 8999))
    """Ports that may be fetched from public hosts."""
    gap: Duration = SECOND
    """The time between requests to one host; below 1s only for hosts in allow."""
    per_host: int = Field(default=1, ge=1, le=16)
    """Connections to one host at a time."""
    concurrency: int = Field(default=64, ge=1, le=1024)
    """Connections in all."""
    deadline: Duration = 30 * SECOND
    """The longest that one fetch may take, redirects included."""
    max_body: Size = 10_000_000
    """The largest body that is read, decoded."""
    robots_for_feeds: bool = False
    """Whether robots.txt binds the polls of feeds too; pages it binds always."""


class Poll(Model):
    """How often feeds are polled."""

    every: Duration = HOUR
    """The first guess for a feed not yet known."""
    floor: Duration = 15 * MINUTE
    """Never sooner than this; below 15m only where every feed's host is in net.allow."""
    cap: Duration = DAY
    """Never later by our own choice; a publisher may ask for more."""
    budget: QuotaText = Quota(3600, HOUR)
    """Polls over all feeds: where more are wanted, all intervals of our own choice grow alike."""


class Scrape(Model):
    """The pages behind the entries."""

    pages: ScrapeMode = "all"
    """Whose pages are fetched: all, those whose feed text matches a topic (matched), or never."""
    patience: Duration = 10 * MINUTE
    """How long the feed's text waits for its page before it stands in for it."""
    noarchive: Literal["keep", "feed"] = "keep"
    """What is stored of a page that asks not to be: its text (keep), or the feed's (feed)."""


class Recheck(Model):
    """The pages of stored articles, looked at again for what was changed or taken back."""

    pages: RecheckMode = "matched"
    """Which: those on which a topic is true (matched), all, or never."""
    floor: Duration = 15 * MINUTE
    """Never sooner after the last look; young articles are looked at as often as this allows."""
    until: Duration = 90 * DAY
    """No more once nothing changed for so long."""
    budget: QuotaText = Quota(600, HOUR)
    """Looks over all articles; what finds no room waits."""


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Feed(Model):
    """A feed to watch; it may be just its address."""

    url: str
    """The feed's address."""
    id: Name | None = None
    """A name for good: the feed keeps its history when its address changes."""
    title: str | None = None
    """Its name, in place of the feed's own."""
    tags: tuple[str, ...] = ()
    """Words that the scope of a topic can ask for."""
    every: Duration | None = None
    """A fixed interval, unless the publisher asks for more."""
    scrape: ScrapeMode | None = None
    """scrape.pages for this feed alone."""
    outlet: str | None = None
    """The name of the outlet of its articles."""
    folder: tuple[str, ...] = ()
    """Where it stands in a list of subscriptions, from the outermost folder in."""
    country: str | None = None
    """The outlet's country."""
    language: str | None = None
    """The language of its articles where they do not say (BCP 47)."""
    weight: float = Field(default=1.0, ge=0.1, le=10)
    """How much sooner than others it is wanted, 0.1 to 10."""
    identity: IdentityPolicy = "auto"
    """What tells entries apart: their guid, link, hash of title and text; auto: what does it."""
    page: PageModel | None = None
    """The address is a list page without a feed, and watched like one."""
    ignore: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    """Queries: its articles that one of them is true of are kept from all topics."""
    seen: Instant | None = None
    """What was there by then raises no alert (RFC 3339); `add --seen` writes it."""
    user_agent: UserAgent | None = None
    """What watcher calls itself there, in place of its own name."""
    headers: dict[HeaderName, SentText] = {}
    """Headers for the feed's origin: each a text, or where a secret is."""
    auth: AuthModel | None = None
    """A login for the feed's origin."""
    cookies: dict[CookieName, SentText] = {}
    """Cookies for the feed's origin: each a text, or where a secret is."""
    proxy: ProxyModel | None = None
    """An HTTP proxy that the feed and its pages are fetched through."""
    tls: Literal["verify", "insecure"] = "verify"
    """insecure: its certificate is not checked, and anybody on the way can change what comes."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A feed may be just its address."""
        return {"url": value} if isinstance(value, str) else value


class OpmlList(Model):
    """A subscription list beside config.yaml, read anew at every start."""

    opml: str
    """The OPML file, relative to config.yaml's folder; folders in it become tags too."""
    tags: tuple[str, ...] = ()
    """Tags for all its feeds."""
    every: Duration | None = None
    """A fixed interval for all its feeds."""
    scrape: ScrapeMode | None = None
    """scrape.pages for all its feeds."""


def _feed_or_list(value: Any) -> str:
    held = isinstance(value, OpmlList) or (isinstance(value, dict) and "opml" in value)
    return "opml" if held else "feed"


FeedModel = Annotated[
    Annotated[Feed, Tag("feed")] | Annotated[OpmlList, Tag("opml")], Discriminator(_feed_or_list)
]


class OutletModel(Model):
    """An outlet, by its domain."""

    name: str
    """Its name."""
    aka: tuple[str, ...] = ()
    """Other names under which articles credit it."""
    lang: str | None = None
    """Its language (BCP 47)."""


class ScopeModel(Model):
    """Where a topic looks; an empty list asks for nothing."""

    tags: tuple[str, ...] = ()
    """Only articles of feeds with one of these tags."""
    feeds: tuple[str, ...] = ()
    """Only articles of these feeds (id, address or title)."""
    langs: tuple[str, ...] = ()
    """Only articles in these languages."""
    outlets: tuple[str, ...] = ()
    """Only articles of these outlets (name or domain)."""
    not_outlets: tuple[str, ...] = ()
    """No articles of these outlets."""


class FollowModel(Model):
    """Following: related links of articles that match lead to further pages; those that match too
    become articles."""

    depth: int = Field(default=1, ge=1, le=3)
    """How many links away from what a feed brought, 1 to 3."""
    budget: QuotaText = Quota(20, DAY)
    """The most pages that are asked for; what finds no room within a day's budget is left out."""
    links: Annotated[
        tuple[Literal["related", "citation"], ...], BeforeValidator(_as_list), Field(min_length=1)
    ] = ("related",)
    """Which links: those offered as related reading, those inside the text (citation), or both."""


class Topic(Model):
    """What is watched; it may be just its query."""

    query: str
    """The query."""
    scope: ScopeModel = ScopeModel()
    """Where the topic looks."""
    channels: tuple[WayModel, ...] = ()
    """Whom it tells: names under channels, each alone or with its rules, as
    {desk: {digest: {at: "07:30"}}}."""

    tell: tuple[TellWord, ...] = ("first",)
    """What it tells of: the first article of a story (first); of a told story, its first report in
    another outlet (outlet), its first copy there (copy), every other text that is no copy
    (original); edits of articles that it told of (revision), articles that are taken back
    (withdrawal); far more matches in an hour than at that time of other weeks (burst), outlets of
    its articles that stop publishing (silence)."""
    follow: FollowModel | None = None
    """Whether the links of its articles are followed; left out: not."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A topic may be just its query."""
        return {"query": value} if isinstance(value, str) else value


def _backlog(value: object) -> int | None:
    if value == "all":
        return None
    try:
        return duration(value)
    except ValueError:
        raise Unfit("a duration such as 1d, 0s for never, or all", "write for example 1d") from None


Backlog = Annotated[
    int | None,
    BeforeValidator(_backlog),
    PlainSerializer(lambda value: "all" if value is None else written_duration(value)),
    WithJsonSchema({"type": "string", "pattern": f"^({DURATION}|all)$"}),
]


class Alerts(Model):
    """What is told."""

    backlog: Backlog = DAY  # None: all
    """An article older than this when first seen raises no alert; 0s: none does, all: all do."""
    notices: tuple[Name, ...] = ()
    """Channels that hear, once, of feeds that fail for a day and of those that work again."""
    zone: Zone = "UTC"
    """The time zone of digests, quiet hours and caps that name none."""


class Email(Model):
    """The mail server."""

    host: str = "localhost"
    """Its name."""
    port: int = Field(default=25, ge=1, le=65535)
    """Its port."""
    security: Literal["none", "starttls", "tls"] = "none"
    """How the connection is protected; starttls never falls back to none."""
    user: str = ""
    """The login, where it wants one."""
    password: SecretModel | None = None
    """Where the login's password is."""
    sender: MailAddress
    """The address that mails come from."""


class DaemonModel(Model):
    """The running daemon itself; changes need a restart."""

    listen: Listen = "socket"
    """Where /livez, /readyz, /healthz and /metrics are served: HOST:PORT on loopback, unix:PATH,
    socket (a unix socket beside the database, its name with .http added), or off."""
    reload: bool = True
    """Whether a changed config.yaml is taken over at once; SIGHUP and `config reload` always do."""


class Config(Model):
    """What watcher shall watch. The database holds what was seen and done."""

    database: Database = "watcher.db"
    """The database file, relative to config.yaml's folder."""
    net: Net = Net()
    """What may be fetched, and how politely."""
    poll: Poll = Poll()
    """How often feeds are polled."""
    scrape: Scrape = Scrape()
    """The pages behind the entries."""
    keep_pages: Duration | None = None
    """How long the pages are kept as they came, for `watcher reextract`; left out: not at all."""
    recheck: Recheck = Recheck()
    """The pages of stored articles, looked at again."""
    feeds: tuple[FeedModel, ...] = ()
    """The feeds to watch, one by one or by a list of them."""
    outlets: dict[str, OutletModel] = {}
    """Names of outlets, by domain."""
    recipes: dict[Host, RecipeModel] = {}
    """How the pages of single hosts are read, by host."""
    aliases: dict[Name, tuple[str, ...]] = {}
    """Many spellings under one name, used as @name in queries."""
    topics: dict[Name, Topic] = {}
    """What is watched, by name."""
    ignore: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    """Queries: articles that one of them is true of are stored, but kept from all topics."""
    alerts: Alerts = Alerts()
    """What is told."""
    channels: dict[Name, ChannelModel] = {}
    """Ways to people, by name."""
    email: Email | None = None
    """The mail server that email channels use."""
    daemon: DaemonModel = DaemonModel()
    """The running daemon itself."""
