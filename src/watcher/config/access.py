"""What the keys of one feed that say how it wants to be asked are made of: headers, logins,
cookies, proxies."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from watcher.config.base import Model, SecretModel, SentText
from watcher.config.values import Unfit, proxy_address, wire_text

# What we say ourselves, and what belongs to the connection (RFC 9110 §7.6.1).
_OURS = {
    "host": "it follows from the address",
    "user-agent": "write it as `user_agent:` of the feed",
    "cookie": "write it under `cookies:` of the feed",
    "accept-encoding": "it says what can be decoded",
    "if-none-match": "watcher sends what the feed gave",
    "if-modified-since": "watcher sends what the feed gave",
    "range": "feeds are read whole",
    "content-length": "nothing is sent with the request",
    "transfer-encoding": "nothing is sent with the request",
    "expect": "nothing is sent with the request",
    "te": "it belongs to the connection",
    "trailer": "it belongs to the connection",
    "upgrade": "it belongs to the connection",
    "connection": "it belongs to the connection",
    "keep-alive": "it belongs to the connection",
    "proxy-authorization": "write `proxy: {url: …, user: …, password: {file: …}}`",
    "proxy-connection": "it belongs to the connection",
}
_BROWSER = re.compile(r"\bmozilla/|\b(?:chrome|safari|firefox|edg|opr)/[0-9]", re.IGNORECASE)


def _sendable(name: str) -> str:
    why = _OURS.get(name.lower())
    if why is not None:
        raise Unfit(f"a header that is not watcher's own, not {name!r}", why)
    return name


HeaderName = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"), AfterValidator(_sendable)
]
CookieName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")]
UserAgent = Annotated[
    str, BeforeValidator(wire_text), WithJsonSchema({"type": "string", "pattern": "^[ -~]+$"})
]
ProxyUrl = Annotated[
    str,
    BeforeValidator(proxy_address),
    WithJsonSchema({"type": "string", "pattern": "^ *[Hh][Tt][Tt][Pp]://[^/@]+/? *$"}),
]


def plays_a_browser(user_agent: str | None) -> bool:
    return bool(user_agent and _BROWSER.search(user_agent))


class AuthModel(Model):
    """A login: a name with its password (basic), or a token (bearer)."""

    user: SentText | None = None
    """The name."""
    password: SecretModel | None = None
    """Where its password is."""
    token: SecretModel | None = None
    """Where the token is."""

    @model_validator(mode="after")
    def _one(self) -> AuthModel:
        basic = self.user is not None and self.password is not None
        either = self.user is not None or self.password is not None
        if (self.token is None) != basic or (self.token is not None and either):
            raise Unfit(
                "a name with its password, or a token",
                "write {user: …, password: {file: …}} or {token: {file: …}}",
            )
        return self


class ProxyModel(Model):
    """A proxy; it may be just its address."""

    url: ProxyUrl
    """Its address, http://host:port."""
    user: SentText | None = None
    """The login, where it wants one."""
    password: SecretModel | None = None
    """Where the login's password is."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _both(self) -> ProxyModel:
        if (self.user is None) != (self.password is None):
            raise Unfit("a name with its password, or neither", "write both, or leave both out")
        return self
