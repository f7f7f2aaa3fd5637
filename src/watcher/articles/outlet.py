"""Who publishes an address."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.model.article import Outlet
from watcher.text.urls import outlet_domain


def outlet_for(
    url: str, site_name: str | None, title: str | None, by_domain: Mapping[str, str]
) -> Outlet:
    """The outlet of `url`: its registrable domain with the configured name, else the page's own
    `site_name`, else the feed's `title`, else the domain (DESIGN.md, Terms)."""
    domain = outlet_domain(url)
    name = by_domain.get(domain) or _tidy(site_name) or _tidy(title) or domain
    return Outlet(domain, name)


def _tidy(name: str | None) -> str | None:
    name = " ".join((name or "").split())
    return name if 0 < len(name) <= 80 else None
