"""The keys of config.yaml (spec `interfaces`) as pydantic models. What has no effect is no key."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from watcher.config.values import (
    Contact,
    Database,
    Duration,
    MailAddress,
    Ports,
    PrivateHost,
    Size,
    Unfit,
    duration,
)
from watcher.model.when import DAY, HOUR, MINUTE, SECOND

ScrapeMode = Literal["all", "matched", "never"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Net(Model):
    contact: Contact | None = None
    allow: tuple[PrivateHost, ...] = ()
    allow_post: tuple[PrivateHost, ...] = ()
    ports: Ports = ((80, 80), (443, 443), (8000, 8999))
    gap: Duration = SECOND
    per_host: int = Field(default=1, ge=1, le=16)
    concurrency: int = Field(default=64, ge=1, le=1024)
    deadline: Duration = 30 * SECOND
    max_body: Size = 10_000_000


class Poll(Model):
    every: Duration = HOUR
    floor: Duration = 15 * MINUTE
    cap: Duration = DAY


class Scrape(Model):
    pages: ScrapeMode = "all"
    patience: Duration = 10 * MINUTE


class Feed(Model):
    url: str
    id: Name | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()
    every: Duration | None = None
    scrape: ScrapeMode | None = None
    outlet: str | None = None
    country: str | None = None
    language: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A feed may be just its address."""
        return {"url": value} if isinstance(value, str) else value


class OutletModel(Model):
    name: str
    aka: tuple[str, ...] = ()
    lang: str | None = None


class ScopeModel(Model):
    tags: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    not_outlets: tuple[str, ...] = ()


class Topic(Model):
    query: str
    scope: ScopeModel = ScopeModel()
    channels: tuple[Name, ...] = ()

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


class Alerts(Model):
    backlog: Annotated[int | None, BeforeValidator(_backlog)] = DAY  # None: all


SECRET = "{file: …}, {env: …} or {credential: …}, one of them"


class SecretModel(Model):
    """Exactly one of the three."""

    file: str | None = None
    env: str | None = None
    credential: str | None = None

    @model_validator(mode="after")
    def _one(self) -> SecretModel:
        if sum(one is not None for one in (self.file, self.env, self.credential)) != 1:
            raise Unfit(SECRET, "name where the secret is to be found, once")
        return self


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class EmailChannelModel(Model):
    type: Literal["email"]
    to: Annotated[tuple[MailAddress, ...], BeforeValidator(_as_list), Field(min_length=1)]


class WebhookChannelModel(Model):
    type: Literal["webhook"]
    url: str
    secret: Annotated[tuple[SecretModel, ...], BeforeValidator(_as_list), Field(min_length=1)]


ChannelModel = Annotated[EmailChannelModel | WebhookChannelModel, Field(discriminator="type")]


class Email(Model):
    host: str = "localhost"
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: SecretModel | None = None
    sender: MailAddress


class Config(Model):
    database: Database = "watcher.db"
    net: Net = Net()
    poll: Poll = Poll()
    scrape: Scrape = Scrape()
    feeds: tuple[Feed, ...] = ()
    outlets: dict[str, OutletModel] = {}
    aliases: dict[Name, tuple[str, ...]] = {}
    topics: dict[Name, Topic] = {}
    alerts: Alerts = Alerts()
    channels: dict[Name, ChannelModel] = {}
    email: Email | None = None
