"""Take in: an archive that the user hands over, placed and matched like what feeds bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from watcher.articles.lines import ArticleLine, draft
from watcher.model.article import ArticleDraft
from watcher.pipeline.desk import PlaceDesk
from watcher.pipeline.place import place
from watcher.pipeline.topics import Origin
from watcher.stories.fingerprint import prints


@dataclass(slots=True)
class TakenIn:
    """What became of the lines. `matches` counts topic and article pairs."""

    lines: int = 0
    articles: int = 0
    revisions: int = 0
    unchanged: int = 0
    copies: int = 0
    matches: int = 0
    alerts: dict[str, int] = field(default_factory=lambda: {"raised": 0, "suppressed": 0})


async def take_in(
    desk: PlaceDesk, lines: Iterable[ArticleLine], progress: Callable[[TakenIn], None]
) -> TakenIn:
    """Places every line in its order, each in a transaction of its own: what stands in the file
    before a line that cannot be read is kept, and taking the file in again changes nothing.

    Raises what `lines` raises.
    """
    taken = TakenIn()
    for line in lines:
        await _one(desk, _draft(desk, line), taken)
        progress(taken)
    return taken


def _draft(desk: PlaceDesk, line: ArticleLine) -> ArticleDraft:
    return draft(
        line,
        now=desk.clock.now(),
        domains=desk.outlets.by_domain,
        names=desk.outlets.by_name,
        prints=prints(line.text.body),
    )


async def _one(desk: PlaceDesk, made: ArticleDraft, taken: TakenIn) -> None:
    taken.lines += 1
    decision = await place(desk, made, Origin())
    if decision is None or decision.revision is None:
        taken.unchanged += 1
        return
    if decision.revision > 1:
        taken.revisions += 1
    else:
        taken.articles += 1
    if decision.placement is not None and decision.placement.standing.role == "copy":
        taken.copies += 1
    taken.matches += len(decision.matches)
    for alert in decision.alerts:
        taken.alerts[alert.decision] += 1
