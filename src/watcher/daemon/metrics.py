"""What the daemon counts, in the text format of Prometheus (version 0.0.4). Few names, and labels
whose values the config bounds: no address, no id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.ports import Journal

Labels = tuple[str, ...]

LAG = (1, 5, 15, 60, 300, 900, 3600)
SECONDS = (0.1, 0.5, 1, 5, 30, 300, 3600)


@dataclass(slots=True)
class Metric:
    """One name. `buckets`: it is a histogram with these upper bounds."""

    name: str
    kind: str  # counter | gauge | histogram
    help: str
    labels: tuple[str, ...] = ()
    buckets: Sequence[float] = ()
    values: dict[Labels, float] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def add(self, *labels: str, by: float = 1) -> None:
        self.values[labels] = self.values.get(labels, 0) + by

    def set(self, value: float, *labels: str) -> None:
        self.values[labels] = value

    def observe(self, value: float) -> None:
        if not self.counts:
            self.counts = [0] * (len(self.buckets) + 1)
        place = next((n for n, top in enumerate(self.buckets) if value <= top), len(self.buckets))
        self.counts[place] += 1
        self.total += value

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        if self.kind == "histogram":
            yield from self._histogram()
            return
        if not self.labels and not self.values:
            yield f"{self.name} 0"
        for labels, value in self.values.items():
            yield f"{self.name}{_labels(self.labels, labels)} {_number(value)}"

    def _histogram(self) -> Iterator[str]:
        counts = self.counts or [0] * (len(self.buckets) + 1)
        so_far = 0
        for top, count in zip([*map(_number, self.buckets), "+Inf"], counts, strict=True):
            so_far += count
            yield f'{self.name}_bucket{{le="{top}"}} {so_far}'
        yield f"{self.name}_sum {_number(self.total)}"
        yield f"{self.name}_count {so_far}"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _labels(names: Iterable[str], values: Iterable[str]) -> str:
    pairs = [f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True)]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _all() -> tuple[Metric, ...]:
    def one(
        kind: str, name: str, help_: str, *labels: str, buckets: Sequence[float] = ()
    ) -> Metric:
        return Metric(f"watcher_{name}", kind, help_, labels, buckets)

    return (
        one("gauge", "build_info", "Always 1; the version is a label.", "version"),
        one("gauge", "start_time_seconds", "When the daemon started, in seconds since 1970."),
        one("gauge", "beat_age_seconds", "How long ago the scheduler beat."),
        one("gauge", "writer_age_seconds", "How long ago the store's writer answered."),
        one("gauge", "feeds", "Feeds by state; late and failing are counted beside.", "state"),
        one("counter", "polls_total", "Polls by outcome.", "outcome"),
        one("histogram", "poll_lag_seconds", "How late polls were.", buckets=LAG),
        one("counter", "entries_total", "Entries that polls brought: new or changed.", "kind"),
        one("gauge", "entries_waiting", "Entries whose page is wanted."),
        one("gauge", "entries_set_aside", "Entries that broke a stage and were set aside."),
        one("counter", "pages_missing_total", "Pages that could not be had."),
        one("counter", "articles_total", "Texts stored: article, copy or revision.", "kind"),
        one("counter", "matches_total", "Matches by topic.", "topic"),
        one("counter", "alerts_total", "Alerts by topic and decision.", "topic", "decision"),
        one(
            "counter",
            "deliveries_total",
            "Tries to deliver, by channel and state.",
            "channel",
            "state",
        ),
        one("histogram", "delivery_seconds", "From an alert to its delivery.", buckets=SECONDS),
        one("gauge", "outbox", "Deliveries by state: due, leased or dead.", "state"),
        one("gauge", "outbox_age_seconds", "How long the oldest delivery that is due has waited."),
        one("gauge", "database_bytes", "The size of the database."),
        one("counter", "broken_total", "Faults of our own, by stage.", "stage"),
        one("gauge", "network_up", "0 while our own network seems to be down."),
        one("counter", "reloads_total", "Reloads of config.yaml: taken or refused.", "result"),
    )


class Metrics:
    """All of them, by their name without the prefix."""

    def __init__(self) -> None:
        self._all = {one.name.removeprefix("watcher_"): one for one in _all()}
        self["network_up"].set(1)

    def __getitem__(self, name: str) -> Metric:
        return self._all[name]

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._all.values())

    def text(self) -> str:
        return "\n".join(line for one in self for line in one.lines()) + "\n"

    def count(self, event: str, facts: Mapping[str, object]) -> None:
        """Takes account of one event of the journal."""
        known = _COUNTED.get(event)
        if known is not None:
            known(self, facts)


def _poll(metrics: Metrics, facts: Mapping[str, object]) -> None:
    metrics["polls_total"].add(str(facts.get("outcome")))
    for kind in ("new", "changed"):
        count = facts.get(kind)
        if isinstance(count, int) and count:
            metrics["entries_total"].add(kind, by=count)
    lag = facts.get("lag")
    if isinstance(lag, int | float):
        metrics["poll_lag_seconds"].observe(lag)


def _place(metrics: Metrics, facts: Mapping[str, object]) -> None:
    revised = facts.get("revision") not in {None, 1}
    kind = "revision" if revised else "copy" if facts.get("copy_of") else "article"
    metrics["articles_total"].add(kind)
    topics = facts.get("topics")
    for topic in topics if isinstance(topics, list) else ():
        metrics["matches_total"].add(str(topic))


def _alert(metrics: Metrics, facts: Mapping[str, object]) -> None:
    metrics["alerts_total"].add(str(facts.get("topic")), str(facts.get("decision")))


def _deliver(metrics: Metrics, facts: Mapping[str, object]) -> None:
    state = "failed" if facts.get("state") == "due" else str(facts.get("state"))
    metrics["deliveries_total"].add(str(facts.get("channel")), state)
    waited = facts.get("waited")
    if state == "done" and isinstance(waited, int | float):
        metrics["delivery_seconds"].observe(waited)


_COUNTED: dict[str, Callable[[Metrics, Mapping[str, object]], None]] = {
    "poll": _poll,
    "place": _place,
    "alert": _alert,
    "deliver": _deliver,
    "page_missing": lambda metrics, _: metrics["pages_missing_total"].add(),
    "broken": lambda metrics, facts: metrics["broken_total"].add(str(facts.get("stage"))),
    "network_down": lambda metrics, _: metrics["network_up"].set(0),
    "network_up": lambda metrics, _: metrics["network_up"].set(1),
    "reloaded": lambda metrics, _: metrics["reloads_total"].add("taken"),
    "reload_refused": lambda metrics, _: metrics["reloads_total"].add("refused"),
}


class CountingJournal:
    """A journal that counts what it hands on."""

    def __init__(self, journal: Journal, metrics: Metrics) -> None:
        self._note = journal.note
        self._metrics = metrics

    def note(self, event: str, **facts: object) -> None:
        self._metrics.count(event, facts)
        self._note(event, **facts)
