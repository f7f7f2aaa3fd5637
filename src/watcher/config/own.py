"""How one feed wants to be asked, as settings: secrets named here, read when the app starts, kept
in memory alone, and sent only to the origin of the feed's own address."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from watcher.config.base import SecretModel
from watcher.config.models import Feed
from watcher.config.secrets import Secret
from watcher.errors import ConfigError
from watcher.model.page import Access
from watcher.text.urls import origin

Sent = str | Secret


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """A feed's own way to be asked, its secrets named and not read."""

    url: str
    headers: Mapping[str, Sent] = field(default_factory=dict, repr=False)
    user: Sent | None = field(default=None, repr=False)
    password: Secret | None = None
    token: Secret | None = None
    cookies: Mapping[str, Sent] = field(default_factory=dict, repr=False)
    proxy: str | None = None
    proxy_user: Sent | None = field(default=None, repr=False)
    proxy_password: Secret | None = None
    user_agent: str | None = None
    insecure: bool = False

    @property
    def has_credentials(self) -> bool:
        return bool(self.headers or self.cookies or self.password or self.token)


def settings_of(feed: Feed, secret: Callable[[SecretModel], Secret]) -> AccessSettings:
    def named(value: str | SecretModel | None) -> Sent | None:
        return secret(value) if isinstance(value, SecretModel) else value

    def each(values: Mapping[str, str | SecretModel]) -> dict[str, Sent]:
        return {
            name: secret(one) if isinstance(one, SecretModel) else one
            for name, one in values.items()
        }

    def hidden(value: SecretModel | None) -> Secret | None:
        return None if value is None else secret(value)

    auth, proxy = feed.auth, feed.proxy
    return AccessSettings(
        url=feed.url,
        headers=each(feed.headers),
        user=named(auth.user) if auth else None,
        password=hidden(auth.password) if auth else None,
        token=hidden(auth.token) if auth else None,
        cookies=each(feed.cookies),
        proxy=proxy.url if proxy else None,
        proxy_user=named(proxy.user) if proxy else None,
        proxy_password=hidden(proxy.password) if proxy else None,
        user_agent=feed.user_agent,
        insecure=feed.tls == "insecure",
    )


def open_access(
    settings: Mapping[str, AccessSettings],
) -> tuple[dict[str, Access], dict[str, ConfigError]]:
    """By feed, what the fetcher is handed, and for the others why their secrets cannot be used.
    No text of an error holds a secret."""
    opened: dict[str, Access] = {}
    problems: dict[str, ConfigError] = {}
    for feed, one in settings.items():
        try:
            opened[feed] = _opened(one)
        except ConfigError as error:
            message = f"feed {_shown(one.url)}: {error.message}"
            problems[feed] = ConfigError(error.code, message, hint=error.hint)
    return opened, problems


def _opened(one: AccessSettings) -> Access:
    headers = [(name, _read(value, name)) for name, value in one.headers.items()]
    if one.token is not None:
        headers.append(("Authorization", f"Bearer {_read(one.token, 'token')}"))
    if one.user is not None and one.password is not None:
        # RFC 7617 §2: a colon would end the name.
        user, password = _read(one.user, "user", without=":"), _read(one.password, "password")
        login = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        headers.append(("Authorization", f"Basic {login}"))
    if one.cookies:
        pairs = (f"{name}={_read(value, name, ';')}" for name, value in one.cookies.items())
        headers.append(("Cookie", "; ".join(pairs)))
    return Access(
        origin=origin(one.url),
        headers=tuple(headers),
        user_agent=one.user_agent,
        proxy=_proxy(one),
        insecure=one.insecure,
    )


def _proxy(one: AccessSettings) -> str | None:
    if one.proxy is None or one.proxy_user is None or one.proxy_password is None:
        return one.proxy
    user = _read(one.proxy_user, "proxy user", without=":")
    password = _read(one.proxy_password, "proxy password")
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return one.proxy.replace("//", f"//{login}@", 1)


def _read(value: Sent, name: str, without: str = "") -> str:
    """What may stand in one line of a request, or ConfigError."""
    text = value.read() if isinstance(value, Secret) else value
    if not re.fullmatch(r"[ -~]+", text) or set(text) & set(without):
        signs = f" without {without!r}" if without else ""
        raise ConfigError(
            "WTC-CFG-022",
            f"the value of {name!r} cannot be sent",
            hint=f"it must be one line of ASCII{signs}",
        )
    return text


def _shown(url: str) -> str:
    return url if len(url) <= 200 else f"{url[:200]}…"
