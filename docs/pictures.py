"""Draws the demo's mails as people see them, into docs/images.

    make pictures

Plays the fixture newsroom with a mail channel, takes the mails as the receiver got them, and lets
a Chromium on this machine draw them: in light and dark, on a phone, right to left, and the plain
part as a terminal shows it. The revision is one of the same articles with a change of our own.
"""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from watcher.alerts.render import mail
from watcher.demo.play import stage

IMAGES = Path(__file__).resolve().parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
DARK = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0;background:#14161a">
<pre style="margin:0;padding:20px;color:#d6d8dc;font:14px/1.45 'DejaVu Sans Mono',monospace;
white-space:pre-wrap">{}</pre>"""


def main() -> int:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print("no Chromium is installed: nothing is drawn", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="watcher-pictures-") as name:
        folder = Path(name)
        for title, page, width, height, flags in pages(folder):
            path = folder / f"{title}.html"
            path.write_text(page, encoding="utf-8")
            _draw(browser, path, IMAGES / f"{title}.png", width, height, flags)
            print(f"docs/images/{title}.png")
    return 0


def pages(folder: Path) -> Iterator[tuple[str, str, int, int, tuple[str, ...]]]:
    """Name, HTML, width, height and flags of each picture."""
    mails, payloads = _sent(folder)
    latin = _first(mails, "en")
    right = _first(mails, "fa")
    yield "mail-light", _part(latin, "html"), 720, 510, ()
    yield "mail-dark", _part(latin, "html"), 720, 510, DARK
    yield "mail-phone", _part(latin, "html"), 500, 620, ()
    yield "mail-rtl", _part(right, "html"), 720, 570, ()
    yield "mail-terminal", _terminal(latin), 720, 830, ()
    changed = mail(_revised(payloads))
    yield "mail-revision", changed.html, 720, 780, ()
    yield "mail-revision-dark", changed.html, 720, 780, DARK


def _sent(folder: Path) -> tuple[list[EmailMessage], list[dict]]:
    with stage(folder) as on_air:
        for number in range(1, len(on_air.site.newsroom.days) + 1):
            on_air.play(number)
        return on_air.mails.mails, [json.loads(hook.body) for hook in on_air.hooks.hooks]


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _first(mails: list[EmailMessage], lang: str) -> EmailMessage:
    """The one that says most, of those in that language."""
    told = [one for one in mails if f' lang="{lang}"' in _part(one, "html")]
    return max(told or mails, key=lambda one: len(_part(one, "html")))


def _terminal(message: EmailMessage) -> str:
    names = ("From", "To", "Subject", "Date", "Message-ID", "References", "List-Id")
    head = "\n".join(f"{name}: {message[name]}" for name in names if message[name])
    return TERMINAL.format(html.escape(f"{head}\n\n{_part(message, 'plain')}"))


def _revised(payloads: list[dict]) -> dict:
    """What a changed article is told with."""
    shape = max(payloads, key=lambda one: one["data"]["items"][0].get("language") == "en")
    item = json.loads(json.dumps(shape))["data"]["items"][0]
    sentences = [one for one in item["content_text"].split(". ") if one][:2]
    item["_watcher"]["revision"] = {
        "n": 2,
        "diff": [
            {"op": "-", "text": f"{sentences[0]}."},
            {"op": "+", "text": f"{sentences[0]}, a spokesman said later."},
            {"op": "+", "text": "The figures were corrected by the newsroom on Thursday."},
        ],
    }
    return {**shape, "data": {**shape["data"], "items": [item]}}


def _draw(
    browser: str, page: Path, picture: Path, width: int, height: int, flags: tuple[str, ...]
) -> None:
    subprocess.run(
        [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            f"--user-data-dir={page.parent / 'profile'}",
            *(f"--window-size={width},{height}", "--force-device-scale-factor=1", *flags),
            *(f"--screenshot={picture}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=90,
    )


if __name__ == "__main__":
    raise SystemExit(main())
