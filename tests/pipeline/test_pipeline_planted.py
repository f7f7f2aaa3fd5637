"""The newsroom's days with edits, withdrawals and an outage planted in them: every edit is reported
with its kind and none other, every withdrawal found, and no outage taken for one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from watcher.app import open_reading
from watcher.daemon.main import one_pass
from watcher.demo.newsroom import Newsroom
from watcher.demo.play import Notes, Stage, stage
from watcher.model.recheck import Look
from watcher.model.rows import ArticleRow
from watcher.model.when import HOUR
from watcher.text.dates import parse_date

Plant = Callable[[str], str]


def swap(old: str, new: str) -> Plant:
    def plant(text: str) -> str:
        assert old in text, old
        return text.replace(old, new)

    return plant


def after(words: str, html: str) -> Plant:
    """Behind the paragraph that has these words."""
    return lambda text: re.sub(
        rf"({re.escape(words)}.*?</p>)", rf"\1{html}", text, count=1, flags=re.S
    )


def without(words: str) -> Plant:
    """The paragraph that begins with these words is taken out."""
    return lambda text: re.sub(rf"<p[^>]*>\s*{re.escape(words)}.*?</p>", "", text, flags=re.S)


HEADLINE = "Police search Lantern Movement camp above Portoret"
EDITS: dict[str, tuple[str, Plant, tuple[str, ...]]] = {
    "/culture/2026/03/10/lighthouse-museum-reopens/": (
        "ledger", swap("312 pieces", "321 pieces"), ("number",)),
    "/world/2026/03/09/police-search-lantern-camp-above-portoret/": (
        "ledger", swap(HEADLINE, f"{HEADLINE}, find nothing"), ("headline",)),
    "/2026/03/10/what-the-law-says-about-searches/": (
        "harbour", swap("deepest intrusions", "gravest intrusions"), ("wording",)),
    "/2026/03/10/traktoret-bllokojne-rrugen-drejt-portoretit/": (
        "kronika", swap("nuk ia vlen as të", "nuk ia vlen më të"), ("quote",)),
    "/elbfaehren-im-halbstundentakt/": (
        "bote", swap("Maren Oltmann", "Maren Altmann"), ("name",)),
    "/razzia-im-laternenlager/": (
        "bote", after("richterlicher Beschluss", "<p>Korrektur: Die Beamten kamen um sechs.</p>"),
        ("correction",)),
    "/ar/economy/118190": (
        "mina", without("والتلقيح هنا"), ("removed",)),
    "/news/gorod/31871/": (
        "pristan", swap("одиннадцать", "двенадцать"), ("number",)),
    "/news/mir/31877/": (
        "pristan", after("Окружная прокуратура", "<p>Раненых нет, сказали врачи посёлка.</p>"),
        ("added",)),
    "/2026/03/10/police-search-at-the-lantern-camp/": (
        "harbour",
        swap("</body>", "<aside><h2>Most read</h2><ul><li><a href='/x'>More</a></li></ul></aside>"
             "<section id='comments'><h2>7 comments</h2><p>I saw it all.</p></section></body>"),
        ()),
    "/ar/world/118204": (
        "mina", swap("</body>", "<nav><a href='/n'>جديد</a></nav></body>"), ()),
}  # fmt: skip
GONE = {
    "/2026/03/10/policia-kontrolloi-kampin-e-levizjes-se-fenerit/": "kronika",  # 410, by the script
    "/news/20480/albania-police-search-lantern-camp": "negah",  # 404 from day 2 on
}
DARK = "bote"  # answers nothing but 503 on day 3


def planted(folder: Path) -> Newsroom:
    """The newsroom with what happens to its pages from day 2 on."""
    shutil.copytree(Newsroom.find().folder, folder)
    sites = {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/site.json")}
    for path, (key, plant, _) in EDITS.items():
        (route,) = [one for one in sites[key]["routes"] if one["path"] == path]
        page = folder / key / route["days"]["1"]
        edited = page.with_name(f"edited-{page.name}")
        before = page.read_text(encoding="utf-8")
        assert plant(before) != before, path
        edited.write_text(plant(before), encoding="utf-8")
        route["days"]["2"] = str(edited.relative_to(folder / key))
    for route in sites["negah"]["routes"]:
        if GONE.get(route["path"]) == "negah":
            route["days"]["2"] = {"status": 404}
    for route in sites[DARK]["routes"]:
        route["days"]["3"] = {"status": 503}
    for key, site in sites.items():
        (folder / key / "site.json").write_text(json.dumps(site, ensure_ascii=False))
    return Newsroom(folder)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    newsroom = planted(tmp_path_factory.mktemp("planted") / "newsroom")
    with stage(tmp_path_factory.mktemp("on-air"), newsroom) as on_air:
        config = json.loads(on_air.config.read_text())
        config["recheck"] = {"pages": "all"}
        config["alerts"] = {"backlog": "all"}
        for topic in config["topics"].values():
            topic["tell"] = ["first", "revision", "withdrawal"]
        on_air.config.write_text(json.dumps(config, ensure_ascii=False))
        for number in (1, 2, 3):
            on_air.play(number)
        last = parse_date(newsroom.days[-1])
        assert last is not None
        for hours in (2, 9, 33, 60):
            one_pass(on_air.settings, Notes(), at=last.at + hours * HOUR)
        yield on_air


@pytest.fixture(scope="module")
def stored(played: Stage) -> dict[str, tuple[ArticleRow, Look | None]]:
    with closing(open_reading(played.settings.database)) as reader:
        rows = [reader.article(found.article) for found in reader.search(None)]
        return {row.url: (row, reader.look(row.article)) for row in rows if row is not None}


def changes(row: ArticleRow) -> list[tuple[str, ...]]:
    return [one.changes for one in row.revisions[1:]]


@pytest.mark.parametrize("path", EDITS)
def test_a_planted_edit_is_reported_with_its_kind_alone(path, played, stored):
    key, _, kinds = EDITS[path]
    row, _ = stored[played.site.bases[key] + path]
    assert changes(row) == ([kinds] if kinds else [])


def test_nothing_else_was_changed(played, stored):
    known = {played.site.bases[key] + path for path, (key, _, _) in EDITS.items()}
    known.add(played.site.bases["ledger"] + "/business/2026/03/10/ferry-crews-strike-at-portoret/")
    assert {url: changes(row) for url, (row, _) in stored.items() if changes(row)}.keys() <= known
    seen = [look for _, look in stored.values() if look is not None and look.looks]
    assert len(seen) >= 30


def test_every_withdrawal_is_found_and_no_outage_is_one(played, stored):
    gone = {url: look.gone for url, (_, look) in stored.items() if look and look.gone}
    assert gone == {played.site.bases[key] + path: "gone" for path, key in GONE.items()}
    dark = [look for url, (_, look) in stored.items() if url.startswith(played.site.bases[DARK])]
    assert dark
    assert all(look is None or look.sign is None for look in dark)


def test_withdrawals_and_edits_are_told_once_each(played, stored):
    with closing(open_reading(played.settings.database)) as reader:
        alerts = [one for one in reader.alerts(limit=1000).items if one.decision == "raised"]
    told = [(one.kind, one.article, one.revision) for one in alerts if one.kind != "match"]
    assert len(set(told)) == len(told)
    names = {row.article: url for url, (row, _) in stored.items()}
    withdrawn = {names[article] for kind, article, _ in told if kind == "withdrawal"}
    assert withdrawn == {played.site.bases[key] + path for path, key in GONE.items()}
    revised = {names[article] for kind, article, _ in told if kind == "revision"}
    assert played.site.bases["bote"] + "/razzia-im-laternenlager/" in revised
    assert played.site.bases["mina"] + "/ar/world/118204" not in revised
