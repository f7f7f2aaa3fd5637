"""The committed report: `report.json`, and the table in README.md that is made of it."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.harness import Figure, cores

HERE = Path(__file__).parent
REPORT = HERE / "report.json"
README = HERE / "README.md"
BEGIN, END = "<!-- table: make bench-report -->", "<!-- end of table -->"
PEERS = ("feedparser", "httpx", "reader", "trafilatura")
HEAD = f"{'figure':<44} {'against':<30} {'now':>9} {'(lowest to highest)':>21} {'bar':>9}  pairs"


def committed() -> dict[str, dict[str, Any]]:
    """What the committed report says, by figure; empty where there is none yet."""
    if not REPORT.exists():
        return {}
    held = json.loads(REPORT.read_text("utf-8"))["figures"]
    return {one["figure"]: one for one in held}


def line(one: Figure, before: float | None) -> str:
    """A figure beside its bar, as it is printed."""
    spread = "" if one.lowest is None else f"({one.lowest:.3g} to {one.highest:.3g})"
    bar = f"{_sign(one.at_least)} {one.bar:.3g}"
    notes = [one.unit]
    if one.goal is not None:
        notes.append(f"wanted {_sign(one.at_least)} {one.goal:g}")
    if not one.met:
        notes.append("MISSES ITS BAR")
    if one.fell(before):
        notes.append(f"FELL BY A FIFTH from {before:.3g}")
    against = one.peer or "(its bar alone)"
    numbers = f"{one.ratio:>9.3g} {spread:>21} {bar:>9}  {one.runs:>5}"
    return f"{one.name:<44} {against:<30} {numbers}  {'; '.join(notes)}"


def write(figures: Iterable[Figure], before: Mapping[str, Mapping[str, Any]]) -> None:
    """Renews the report: figures that were not measured now keep what they had."""
    fresh = {one.name: one.shape() for one in figures}
    shapes = [fresh.pop(name, held) for name, held in before.items()] + list(fresh.values())
    whole = {"machine": machine(), "figures": shapes}
    REPORT.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = README.read_text("utf-8")
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    README.write_text(f"{text[:start]}\n{table(shapes)}\n{text[stop:]}", "utf-8")


def table(shapes: Iterable[Mapping[str, Any]]) -> str:
    """The figures as a table in Markdown."""
    rows = [
        "| figure | against | measured | pairs, spread | bar | wanted |",
        "|---|---|---|---|---|---|",
    ]
    for one in shapes:
        sign = _sign(one["better"] == "high")
        spread = "" if one["lowest"] is None else f", {one['lowest']:.3g}–{one['highest']:.3g}"
        goal = "" if one["goal"] is None else f"{sign} {one['goal']:g}"
        rows.append(
            f"| {one['figure']} | {one['peer'] or '–'}, {one['unit']} | {one['ratio']:.3g} |"
            f" {one['runs']}{spread} | {sign} {one['bar']:.3g} | {goal} |"
        )
    return "\n".join(rows)


def machine() -> dict[str, Any]:
    """What the figures were measured on, and the versions of those measured against."""
    return {
        "cores pinned": cores().pinned,
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "peers": {name: _version(name) for name in PEERS},
    }


def _sign(at_least: bool) -> str:
    return "≥" if at_least else "≤"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
