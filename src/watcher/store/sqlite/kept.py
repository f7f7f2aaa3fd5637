"""The pages that are kept: zstd in a file of their own beside the database, each content once.

The file may be lost, cut or deleted at any time: nothing else depends on it. A file that cannot be
read is set aside and begun anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import zstandard

from watcher.errors import StoreError
from watcher.model.kept import ArticlePage, KeptPage
from watcher.model.when import HOUR, Micros
from watcher.text.urls import host

APPLICATION_ID = 0x57544350  # "WTCP"
LEVEL = 3  # spec `storage` §3: 5.5 times smaller at 428 MB/s; higher levels gain little
MOST = 100_000_000  # bytes of a page: none is ever larger

# What reading a page looks at beside its body.
HEADERS = ("content-type", "content-language", "x-robots-tag", "cache-control", "link")

SCHEMA = """
CREATE TABLE IF NOT EXISTS body (
    hash BLOB PRIMARY KEY,         -- BLAKE2b of the bytes as they came
    size INTEGER NOT NULL, zstd BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (
    id INTEGER PRIMARY KEY,
    article TEXT NOT NULL,
    host TEXT NOT NULL, url TEXT NOT NULL, headers TEXT NOT NULL,
    at INTEGER NOT NULL,           -- when it was last had so
    hash BLOB NOT NULL,
    UNIQUE (article, hash)
) STRICT;
CREATE INDEX IF NOT EXISTS page_at ON page (at);
CREATE INDEX IF NOT EXISTS page_hash ON page (hash);
"""

KEEP = """
INSERT INTO page (article, host, url, headers, at, hash) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (article, hash) DO UPDATE SET at = max(at, excluded.at), url = excluded.url,
    headers = excluded.headers
"""

NEWEST = """
SELECT p.article, p.url, p.headers, p.at, b.size, b.zstd FROM page AS p JOIN body AS b USING (hash)
WHERE p.id = (SELECT id FROM page AS o WHERE o.article = p.article
              ORDER BY at DESC, id DESC LIMIT 1)
  AND p.article > ?1 AND (?2 IS NULL OR p.host = ?2 OR p.host LIKE '%.' || ?2)
ORDER BY p.article LIMIT 50
"""

COUNT = (
    "SELECT count(DISTINCT article) FROM page WHERE ?1 IS NULL OR host = ?1 OR host LIKE '%.' || ?1"
)


def beside(database: Path) -> Path:
    """`watcher.db` keeps its pages in `watcher.pages.db`."""
    return database.with_name(f"{database.stem}.pages.db")


class Pages:
    """The writing side, on the thread of the store. Opened at the first page."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._pruned: Micros | None = None

    def keep(self, article: str, page: KeptPage) -> str | None:
        """Keeps a page, and prunes once an hour. Returns what went wrong, if anything: that is no
        reason to stop."""
        try:
            self._keep(article, page)
            return None
        except sqlite3.DatabaseError as error:
            said = str(error)
            if error.sqlite_errorcode in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
                said += f"; it was set aside as {self._aside().name} and is begun anew"
            self._drop()
            return f"{self._path.name}: {said}"
        except OSError as error:
            return f"{self._path.name}: {error}"

    def prune(self, before: Micros) -> int:
        """Forgets what was last had before then. Returns how many pages; a file that is not there
        or cannot be read has none."""
        if not self._path.exists():
            return 0
        try:
            return self._prune(self._open(), before)
        except (sqlite3.DatabaseError, OSError):
            self._drop()
            return 0

    def close(self) -> None:
        self._drop()

    def _keep(self, article: str, page: KeptPage) -> None:
        db = self._open()
        digest = hashlib.blake2b(page.body, digest_size=16).digest()
        headers = {name: page.headers[name] for name in HEADERS if name in page.headers}
        with db:
            if not db.execute("SELECT 1 FROM body WHERE hash = ?", (digest,)).fetchone():
                packed = zstandard.ZstdCompressor(level=LEVEL).compress(page.body)
                db.execute("INSERT INTO body VALUES (?, ?, ?)", (digest, len(page.body), packed))
            facts = (article, host(page.url), page.url, json.dumps(headers), page.at, digest)
            db.execute(KEEP, facts)
        if self._pruned is None or not 0 <= page.at - self._pruned < HOUR:
            self._pruned = page.at
            self._prune(db, page.at - page.keep)

    def _prune(self, db: sqlite3.Connection, before: Micros) -> int:
        with db:
            gone = db.execute("DELETE FROM page WHERE at < ?", (before,)).rowcount
            if gone:
                db.execute("DELETE FROM body WHERE hash NOT IN (SELECT hash FROM page)")
        if gone:
            db.execute("PRAGMA incremental_vacuum").fetchall()
        return gone

    def _open(self) -> sqlite3.Connection:
        if self._db is not None and not self._path.exists():
            self._drop()  # somebody deleted it
        if self._db is None:
            db = sqlite3.connect(self._path, check_same_thread=False)
            try:
                db.execute("PRAGMA auto_vacuum=INCREMENTAL")
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
                db.execute(f"PRAGMA application_id={APPLICATION_ID}")
                db.executescript(SCHEMA)
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    def _drop(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    def _aside(self) -> Path:
        self._drop()
        aside = self._path.with_name(self._path.name + ".broken")
        with suppress(OSError):
            self._path.replace(aside)
        for end in ("-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + end).unlink()
        return aside


class KeptPages:
    """The reading side. A context manager; raises StoreError where nothing is kept."""

    def __init__(self, database: Path) -> None:
        path = beside(database)
        if not path.exists():
            raise StoreError(
                "WTC-DB-020",
                f"no pages are kept: there is no {path.name}",
                hint="set `keep_pages: 30d` in config.yaml; pages are kept from then on",
            )
        self._path = path
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)

    def __enter__(self) -> KeptPages:
        return self

    def __exit__(self, *raised: object) -> None:
        self._db.close()

    def count(self, site: str | None) -> int:
        """Of how many articles there is a page; `site`: a host, and those below it."""
        try:
            with closing(self._db.execute(COUNT, (site,))) as found:
                return int(found.fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error

    def newest(self, site: str | None) -> Iterator[ArticlePage]:
        """The newest page of every article, by article."""
        last = ""
        while True:
            try:
                rows = self._db.execute(NEWEST, (last, site)).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._unreadable(error) from error
            for article, url, headers, at, size, packed in rows:
                body = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MOST)
                assert len(body) == size
                yield ArticlePage(article, KeptPage(url, json.loads(headers), body, at))
                last = article
            if not rows:
                return

    def _unreadable(self, error: sqlite3.DatabaseError) -> StoreError:
        return StoreError(
            "WTC-DB-021",
            f"{self._path.name} cannot be read: {error}",
            hint="it may be deleted: nothing but the kept pages is in it",
        )
