"""Copies of the file: made while others write, taken back whole, and one before every migration
(spec `storage` §1.5)."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from watcher.errors import InputError, StoreError
from watcher.store.sqlite.connect import SCHEMA_VERSION, check_file, connect_reader
from watcher.store.sqlite.lock import Lock

COMPANIONS = ("", "-wal", "-shm")


def backup(path: Path, target: Path) -> int:
    """Writes a copy of the database at one moment to `target`, which must not be there; whoever
    writes goes on. Returns its size. Raises StoreError, and InputError for the target.

    The copy appears under its name only when it is whole, on disk, and found sound.
    """
    if os.path.lexists(target):
        raise InputError(
            "WTC-IN-006",
            f"{target} is there already; nothing was written",
            hint="name another file: no copy is ever written over",
        )
    part = _part(target)
    with closing(connect_reader(path)) as reader:
        reader.execute("PRAGMA query_only=OFF")  # for the copy; the file itself is `mode=ro`
        _into(reader, part)
    return _finish(part, target)


def _part(target: Path) -> Path:
    """Where a copy is written before it is whole. Raises StoreError."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(part, error) from error
    return part


def _unwritten(part: Path, error: Exception) -> StoreError:
    return StoreError(
        "WTC-DB-011",
        f"the copy could not be written to {part.parent}: {error}",
        hint="is there room, and may you write there?",
    )


def _into(db: sqlite3.Connection, part: Path) -> None:
    try:
        db.execute("VACUUM INTO ?", (str(part),))
    except (sqlite3.Error, StoreError) as error:
        part.unlink(missing_ok=True)
        raise _unwritten(part, error) from error


def _finish(part: Path, target: Path) -> int:
    try:
        sound(part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def sound(path: Path) -> int:
    """The schema's version of the database at `path`, if it is one of ours that this code can use
    and SQLite finds nothing wrong with it. Raises StoreError."""
    with closing(connect_reader(path)) as db:
        found = [row[0] for row in db.execute("PRAGMA quick_check(3)")]
        if found != ["ok"]:
            raise StoreError(
                "WTC-DB-012",
                f"{path} is damaged: {'; '.join(found)}",
                hint="take an older copy",
            )
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def restore(source: Path, path: Path, aside: Path) -> None:
    """Puts a copy in the place of the database, which is kept at `aside`. Raises BusyError where
    somebody works on it, StoreError where `source` is none of ours, newer, or damaged: then
    nothing was changed."""
    sound(source)
    if source.resolve() == path.resolve():
        raise InputError("WTC-IN-007", f"{source} is the database itself", hint="name a copy")
    lock = Lock(path)
    lock.acquire()
    try:
        part = _part(path)
        with closing(connect_reader(source)) as reader:
            reader.execute("PRAGMA query_only=OFF")
            _into(reader, part)
        for suffix in COMPANIONS:
            held = path.with_name(path.name + suffix)
            if held.exists():
                held.rename(aside.with_name(aside.name + suffix))
        _finish(part, path)
    finally:
        lock.release()


def version_of(path: Path) -> int:
    """The schema's version. Raises StoreError where there is no database of ours."""
    with closing(connect_reader(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def copy_before_migrating(db: sqlite3.Connection, path: Path) -> Path | None:
    """Where the file is older than this code: a copy beside it, named for its version. The caller
    holds the lock. Raises StoreError where there is no room for one."""
    check_file(db.cursor(), path)
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if not 0 < version < SCHEMA_VERSION:
        return None
    name = f"{path.name}.schema{version}"
    target, number = path.with_name(name), 1
    while target.exists():  # of an earlier time, before this file was restored
        number += 1
        target = path.with_name(f"{name}.{number}")
    part = _part(target)
    _into(db, part)
    _finish(part, target)
    return target


def check_migrated(db: sqlite3.Connection, path: Path, copy: Path) -> None:
    """After a migration. Raises StoreError, naming the copy, where the file is not sound."""
    wrong = [row[0] for row in db.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
    wrong += [f"{row[0]} refers to {row[2]}" for row in db.execute("PRAGMA foreign_key_check")]
    if wrong:
        raise StoreError(
            "WTC-DB-013",
            f"{path} is not sound after its migration: {'; '.join(wrong[:3])}",
            hint=f"the file as it was is {copy}: `watcher db restore {copy}` with the watcher "
            "that wrote it; please report it",
        )


def vacuum(path: Path) -> tuple[int, int]:
    """Gives unused room back to the disk; returns the size before and after. Raises BusyError."""
    connect_reader(path).close()
    lock = Lock(path)
    lock.acquire()
    try:
        before = path.stat().st_size
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return before, path.stat().st_size
    except sqlite3.Error as error:
        raise StoreError(
            "WTC-DB-011", f"the database could not be vacuumed: {error}", hint="is there room?"
        ) from error
    finally:
        lock.release()
