"""Runs inside a peer's own Python, without anything of ours: one request a line in, one reply out.

python peer_worker.py reader FOLDER
"""

import contextlib
import email.header
import email.parser
import io
import json
import mailbox
import os
import sys
from datetime import UTC, datetime


class Reader:
    """The library `reader`, its scheduled updates at its defaults (an interval of an hour)."""

    def __init__(self, folder):
        import reader

        self.held = reader.make_reader(os.path.join(folder, "reader.db"))

    def subscribe(self, urls):
        for url in urls:
            self.held.add_feed(url, exist_ok=True)

    def run(self, now):
        at = datetime.fromtimestamp(now / 1e6, UTC)
        self.held._now = lambda: at
        for _ in self.held.update_feeds_iter(scheduled=True):
            pass

    def refresh(self, url, now):
        at = datetime.fromtimestamp(now / 1e6, UTC)
        self.held._now = lambda: at
        with contextlib.suppress(Exception):
            self.held.update_feed(url)

    def entries(self):
        found = []
        for one in self.held.get_entries():
            content = one.content[0].value if one.content else one.summary
            at = one.published or one.updated
            found.append(
                {
                    "feed": one.original_feed_url,
                    "id": one.id,
                    "title": one.title or "",
                    "url": one.link,
                    "text": content or "",
                    "published": None if at is None else int(at.timestamp() * 1e6),
                }
            )
        return found


class Rss2email:
    """`r2e`, its mails into a maildir."""

    def __init__(self, folder):
        self.folder = folder
        self.config = os.path.join(folder, "r2e.cfg")
        self.data = os.path.join(folder, "r2e.json")
        self.mails = os.path.join(folder, "mails")
        if not os.path.exists(self.config):
            for sub in ("new", "cur", "tmp"):
                os.makedirs(os.path.join(self.mails, "INBOX", sub), exist_ok=True)
            with open(self.config, "w") as out:
                out.write(
                    "[DEFAULT]\nfrom = a@example.org\nto = b@example.org\n"
                    f"email-protocol = maildir\nmaildir-path = {self.mails}\n"
                    "maildir-mailbox = INBOX\n"
                )
        self.count = 0

    def _command(self, *args):
        import rss2email.main

        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            rss2email.main.run(["-c", self.config, "-d", self.data, *args])

    def subscribe(self, urls):
        for url in urls:
            self.count += 1
            self._command("add", f"feed{os.getpid()}x{self.count}", url)

    def run(self, now):
        self._command("run")

    def entries(self):
        found = {}
        for mail in mailbox.Maildir(os.path.join(self.mails, "INBOX")):
            held = {name: _words(mail[name]) for name in ("X-RSS-Feed", "X-RSS-ID", "X-RSS-URL")}
            key = held["X-RSS-Feed"], held["X-RSS-ID"]
            found[key] = {
                "feed": held["X-RSS-Feed"],
                "id": held["X-RSS-ID"],
                "title": _words(mail["Subject"]),
                "url": held["X-RSS-URL"],
            }
        return list(found.values())


def _words(value):
    return str(email.header.make_header(email.header.decode_header(str(value or ""))))


def main():
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the peer prints is no reply
    made = {"reader": Reader, "rss2email": Rss2email}[sys.argv[1]](sys.argv[2])
    replies.write("{}\n")
    replies.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            done = {"done": getattr(made, asked.pop("do"))(**asked)}
        except Exception as error:
            done = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(done) + "\n")
        replies.flush()


main()
